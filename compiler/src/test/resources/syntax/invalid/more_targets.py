for f(x) in y: pass
*a, *b = c
(x.y := 1)
f(a.b=1)
del f()
