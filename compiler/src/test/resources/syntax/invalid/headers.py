if x
    y = 1
else:
    z
from import x
class : pass
else: pass
print "hello"
