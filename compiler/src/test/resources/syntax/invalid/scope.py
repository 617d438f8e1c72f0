return 1
break
yield x
def f():
    await g()
    class C:
        continue
