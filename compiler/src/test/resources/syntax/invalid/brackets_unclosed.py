x = foo(1,
        [2, 3]
def g():
    return 1
y = = 2
