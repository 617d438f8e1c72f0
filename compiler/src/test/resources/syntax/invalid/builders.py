a = '\x4'
b = '\N{DASH'
from import x
