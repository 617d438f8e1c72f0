f() = 1
1 = x
a + b += 2
(a, b): int = 3
None = 4
