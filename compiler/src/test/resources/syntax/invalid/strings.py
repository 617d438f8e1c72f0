x = 'abc
y = f"{a"
z = 1
w = '\x4'
v = '''never
