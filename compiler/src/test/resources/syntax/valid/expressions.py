a if b else c if d else e
not a or b and c not in d
a < b <= c is not d is e != f in g
-x ** -y ** z
a | b ^ c & d << 1 >> 2 + 3 - 4 * 5 @ 6 / 7 // 8 % 9
~(a + b) * c
x[0], x[1:2], x[:, None, ..., ::2], x[a:b:c, *d], x[(1, 2)], x[i:=0]
f(), f(a, *b, c=d, **e), f(x for x in y), f(a := 1)
a.b.c(d)[e].f
(), (a,), (a, b), [a, *b], [], {}, {a, *b}, {a: b, **c}
[i for i, j in k if l if m for n in o]
{i for i in j}, {i: j for i, j in k}, (i for i in j)
lambda: 0
lambda *a, b=1, **c: (a, b)
0, 1_000, 0xFF, 0o17, 0b1_0, 123456789012345678901234567890, 9223372036854775807
1.5, .5, 5., 1e-5, 1_0.0_1E+2, 3j, 1.5J
None, True, False, ...
match, case, type, _, print
match[x](y).z = 1
type (x)
case = match
