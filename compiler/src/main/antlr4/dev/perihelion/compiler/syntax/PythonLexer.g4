/*
 * The tokens of Python 3.12 (language reference, chapter 2, "Lexical analysis").
 * Line structure, brackets and strings need memory; IndentingLexer adds them.
 */
lexer grammar PythonLexer;

options { superClass = IndentingLexer; }

// Made by IndentingLexer: block structure, whole string literals, and soft keywords where a line starts with them.
tokens { INDENT, DEDENT, STRING, FSTRING, MATCH, CASE, TYPE }

FALSE : 'False';
NONE : 'None';
TRUE : 'True';
AND : 'and';
AS : 'as';
ASSERT : 'assert';
ASYNC : 'async';
AWAIT : 'await';
BREAK : 'break';
CLASS : 'class';
CONTINUE : 'continue';
DEF : 'def';
DEL : 'del';
ELIF : 'elif';
ELSE : 'else';
EXCEPT : 'except';
FINALLY : 'finally';
FOR : 'for';
FROM : 'from';
GLOBAL : 'global';
IF : 'if';
IMPORT : 'import';
IN : 'in';
IS : 'is';
LAMBDA : 'lambda';
NONLOCAL : 'nonlocal';
NOT : 'not';
OR : 'or';
PASS : 'pass';
RAISE : 'raise';
RETURN : 'return';
TRY : 'try';
WHILE : 'while';
WITH : 'with';
YIELD : 'yield';

LPAR : '(';
RPAR : ')';
LSQB : '[';
RSQB : ']';
LBRACE : '{';
RBRACE : '}';
DOT : '.';
ELLIPSIS : '...';
COMMA : ',';
COLON : ':';
SEMI : ';';
ARROW : '->';
WALRUS : ':=';
ASSIGN : '=';
AT : '@';
STAR : '*';
POWER : '**';
SLASH : '/';
FLOOR : '//';
PERCENT : '%';
PLUS : '+';
MINUS : '-';
SHIFT_LEFT : '<<';
SHIFT_RIGHT : '>>';
AMPERSAND : '&';
BAR : '|';
CARET : '^';
TILDE : '~';
EQUAL : '==';
NOT_EQUAL : '!=';
LESS : '<';
LESS_EQUAL : '<=';
GREATER : '>';
GREATER_EQUAL : '>=';

AUGMENTED
    : '+=' | '-=' | '*=' | '/=' | '//=' | '%=' | '@=' | '&=' | '|=' | '^=' | '>>=' | '<<=' | '**='
    ;

NUMBER
    : '0' [xX] ('_'? [0-9a-fA-F])+
    | '0' [oO] ('_'? [0-7])+
    | '0' [bB] ('_'? [01])+
    | ([1-9] ('_'? [0-9])* | '0' ('_'? '0')*) [jJ]?
    | (DIGITS '.' DIGITS? | '.' DIGITS) EXPONENT? [jJ]?
    | DIGITS EXPONENT [jJ]?
    | DIGITS [jJ]
    ;

fragment DIGITS : [0-9] ('_'? [0-9])*;
fragment EXPONENT : [eE] [+-]? DIGITS;

// The prefix and the first quote; IndentingLexer finds the end.
STRING_START : ([rR] [bBfF]? | [bB] [rR]? | [fF] [rR]? | [uU])? ['"];

// Anything outside ASCII is taken as a letter here and checked afterwards.
NAME : [A-Za-z_\u0080-\uFFFF] [A-Za-z0-9_\u0080-\uFFFF]*;

NEWLINE : '\r'? '\n' | '\r';
COMMENT : '#' ~[\r\n]* -> skip;
SPACE : [ \t\f]+ -> skip;
JOINED_LINE : '\\' ('\r'? '\n' | '\r') -> skip;
BAD_CHARACTER : .;
