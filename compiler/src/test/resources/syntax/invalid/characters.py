x = “text”
y = a ? b
z = $1
