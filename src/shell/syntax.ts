/** The syntax tree that the engine walks: the parser's own node types, named here so that only `shell/` knows the parser. */
export type {
  ArithmeticExpression,
  Assignment,
  Command,
  Function as FunctionNode,
  ParsedScript,
  Redirection,
  Statement,
  SyntaxNode,
  TestExpression,
  Word,
  WordPart,
} from 'unbash';
