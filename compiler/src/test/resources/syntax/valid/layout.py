if a:

   
        # odd comment
  b
# at column 0
  c; d;
  if e:
   f
      
x = (1 +
  2) \
   + 3
y = [
# inside

1,
 ]
def f(
  a,
  ):
    pass
    # last