'a' "b" r'\n' u"c" '\x41\u00e9\U0001F680\N{BULLET}\101\q\
joined'
b'x' rb"\y"
'''three
lines''' + """with "quotes" inside"""
f"{x}" f'{{literal}}' 'plain {x}'
f"{a!r:>{width}.{precision}f} {b=} {c = !s} {d == e} {f != g:x}"
f"{g['k']} {h["nested"]} {f'{inner}'} {lambda_(x)} {(lambda y: y)(1)} {{}}"
rf"\d{x}\{{y\}}"
f'''{
    multi
    + line
}'''
f"{x:%H:%M}" f"{*a, b}"
'ümläut', '日本', "🚀"
größe = ªº = 1
