/*
 * Python 3.12 (language reference, chapters 6 to 8). The grammar accepts a little more than Python where that spares
 * look-ahead: targets are parsed as expressions, and parameters, arguments and dictionary entries in any order. The tree
 * builders check those.
 */
parser grammar PythonParser;

options { tokenVocab = PythonLexer; }

file : statements? EOF;

// The expression of an f-string's replacement field.
field : (yieldExpression | starExpressions) EOF;

statements : statement+;

statement
    : simpleLine
    | compound
    ;

simpleLine : simple (SEMI simple)* SEMI? NEWLINE;

block
    : simpleLine
    | NEWLINE INDENT statements DEDENT
    ;

// Simple statements

simple
    : starExpressions assignmentTail?                       # expressionStatement
    | yieldExpression                                       # yieldStatement
    | RETURN starExpressions?                               # returnStatement
    | IMPORT dottedAlias (COMMA dottedAlias)*               # importStatement
    | FROM (DOT | ELLIPSIS)* dottedName? importedNames      # fromImport
    | RAISE (expression (FROM expression)?)?                # raiseStatement
    | PASS                                                  # passStatement
    | DEL starExpressions                                   # delStatement
    | ASSERT expression (COMMA expression)?                 # assertStatement
    | BREAK                                                 # breakStatement
    | CONTINUE                                              # continueStatement
    | (GLOBAL | NONLOCAL) NAME (COMMA NAME)*                # scopeStatement
    | TYPE NAME typeParameters? ASSIGN expression           # typeStatement
    ;

assignmentTail
    : (ASSIGN assignedValue)+                               # plainAssignment
    | COLON expression (ASSIGN assignedValue)?              # annotatedAssignment
    | AUGMENTED assignedValue                               # augmentedAssignment
    ;

assignedValue : yieldExpression | starExpressions;

importedNames
    : IMPORT STAR
    | IMPORT LPAR nameAlias (COMMA nameAlias)* COMMA? RPAR
    | IMPORT nameAlias (COMMA nameAlias)*
    ;

nameAlias : NAME (AS NAME)?;
dottedAlias : dottedName (AS NAME)?;
dottedName : NAME (DOT NAME)*;

// Compound statements

compound
    : ifStatement
    | whileStatement
    | forStatement
    | tryStatement
    | withStatement
    | functionDefinition
    | classDefinition
    | decorated
    | asyncStatement
    | matchStatement
    ;

ifStatement : IF namedExpression COLON block (elifClause | elseClause)?;
elifClause : ELIF namedExpression COLON block (elifClause | elseClause)?;
elseClause : ELSE COLON block;
whileStatement : WHILE namedExpression COLON block elseClause?;
forStatement : FOR targets IN starExpressions COLON block elseClause?;

tryStatement : TRY COLON block (exceptClause+ elseClause? finallyClause? | finallyClause);
exceptClause : EXCEPT STAR? (expression (AS NAME)?)? COLON block;
finallyClause : FINALLY COLON block;

withStatement
    : WITH LPAR withItem (COMMA withItem)* COMMA? RPAR COLON block
    | WITH withItem (COMMA withItem)* COLON block
    ;
withItem : expression (AS target)?;

decorated : decorator+ (ASYNC? functionDefinition | classDefinition);
decorator : AT namedExpression NEWLINE;
asyncStatement : ASYNC (functionDefinition | withStatement | forStatement);

functionDefinition : DEF NAME typeParameters? LPAR parameters? RPAR (ARROW expression)? COLON block;
parameters : parameter (COMMA parameter)* COMMA?;
parameter
    : NAME (COLON expression)? (ASSIGN expression)?
    | STAR (NAME (COLON starredOrExpression)?)?
    | POWER NAME (COLON expression)?
    | SLASH
    ;

classDefinition : CLASS NAME typeParameters? (LPAR arguments? RPAR)? COLON block;

typeParameters : LSQB typeParameter (COMMA typeParameter)* COMMA? RSQB;
typeParameter
    : NAME (COLON expression)? (ASSIGN expression)?
    | (STAR | POWER) NAME (ASSIGN starredOrExpression)?
    ;

matchStatement : MATCH starNamedExpressions COLON NEWLINE INDENT caseClause+ DEDENT;
caseClause : CASE patterns (IF namedExpression)? COLON block;
patterns : patternItem (COMMA patternItem)* COMMA?;
patternItem : STAR NAME | pattern;
pattern : closedPattern (BAR closedPattern)* (AS NAME)?;
closedPattern
    : MINUS? NUMBER ((PLUS | MINUS) NUMBER)?
    | (STRING | FSTRING)+
    | NONE
    | TRUE
    | FALSE
    | dottedName (LPAR (patternArgument (COMMA patternArgument)* COMMA?)? RPAR)?
    | LPAR patterns? RPAR
    | LSQB patterns? RSQB
    | LBRACE (patternEntry (COMMA patternEntry)* COMMA?)? RBRACE
    ;
patternArgument : NAME ASSIGN pattern | pattern;
patternEntry : closedPattern COLON pattern | POWER NAME;

// Expressions

starExpressions : starredOrExpression (COMMA starredOrExpression)* COMMA?;
starredOrExpression : STAR operation | expression;
starNamedExpressions : starNamedExpression (COMMA starNamedExpression)* COMMA?;
starNamedExpression : STAR operation | namedExpression;
namedExpression : expression (WALRUS expression)?;

expression
    : disjunction (IF disjunction ELSE expression)?
    | LAMBDA lambdaParameters? COLON expression
    ;

lambdaParameters : lambdaParameter (COMMA lambdaParameter)* COMMA?;
lambdaParameter : NAME (ASSIGN expression)? | STAR NAME? | POWER NAME | SLASH;

disjunction : conjunction (OR conjunction)*;
conjunction : inversion (AND inversion)*;
inversion : NOT inversion | comparison;
comparison : operation (comparisonOperator operation)*;
comparisonOperator
    : EQUAL | NOT_EQUAL | LESS | LESS_EQUAL | GREATER | GREATER_EQUAL | IS NOT? | IN | NOT IN
    ;

operation
    : AWAIT? primary                                        # awaitedPrimary
    | <assoc = right> operation POWER operation             # binary
    | (PLUS | MINUS | TILDE) operation                      # unary
    | operation (STAR | AT | SLASH | FLOOR | PERCENT) operation  # binary
    | operation (PLUS | MINUS) operation                    # binary
    | operation (SHIFT_LEFT | SHIFT_RIGHT) operation        # binary
    | operation AMPERSAND operation                         # binary
    | operation CARET operation                             # binary
    | operation BAR operation                               # binary
    ;

primary
    : primary DOT NAME                                      # attribute
    | primary LPAR arguments? RPAR                          # call
    | primary LSQB subscripts RSQB                          # subscription
    | (NAME | MATCH | CASE | TYPE)                          # name
    | NUMBER                                                # number
    | (STRING | FSTRING)+                                   # strings
    | (NONE | TRUE | FALSE | ELLIPSIS)                      # constant
    | LPAR (yieldExpression | elements)? RPAR                 # parenthesised
    | LSQB elements? RSQB                                     # listDisplay
    | LBRACE (entry (comprehension | (COMMA entry)* COMMA?))? RBRACE # braces
    ;

elements : starNamedExpression (comprehension | (COMMA starNamedExpression)* COMMA?);

arguments : argument (COMMA argument)* COMMA?;
argument
    : (STAR | POWER) expression
    | expression (ASSIGN expression | WALRUS expression | comprehension)?
    ;

subscripts : subscript (COMMA subscript)* COMMA?;
subscript
    : namedExpression sliceTail?
    | sliceTail
    | STAR operation
    ;
sliceTail : COLON upper = expression? (COLON step = expression?)?;

entry
    : POWER operation
    | STAR operation
    | namedExpression (COLON expression)?
    ;

comprehension : comprehensionClause+;
comprehensionClause : ASYNC? FOR targets IN disjunction (IF disjunction)*;

yieldExpression : YIELD (FROM expression | starExpressions)?;

targets : target (COMMA target)* COMMA?;
target : STAR? operation;
