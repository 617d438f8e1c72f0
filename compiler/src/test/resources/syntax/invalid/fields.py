a = f"{}"
b = f"{x!z}"
c = f"}"
d = f"{x y}"
e = b'a' 'b'
