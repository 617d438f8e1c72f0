f(a=1, b)
f(**a, *b)
f(x for x in y, 1)
x = {1: 2, 3}
x = *a
