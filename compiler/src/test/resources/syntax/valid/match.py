match command.split():
    case [] | ["quit"]: pass
    case ["go", direction] if direction in known: go()
    case {"a": 1, **rest}: x
    case Point(x=0, y=-1.5) as p: p
    case (1 + 2j) | None | "s" "t" | a.b: y
    case [1, *_], _: z
match = {}
match(x)
match (x), y:
    case _:
        def g(): pass
