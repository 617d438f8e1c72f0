def a(x=1, y): pass
def b(*): pass
def c(x, x): pass
def d(**k, y): pass
def e(*, /): pass
