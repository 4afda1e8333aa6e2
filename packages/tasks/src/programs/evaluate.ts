import { LineReader, type Variables } from './line-reader.ts';

/**
 * What a program prints: an interpreter of the part of Python that `generateProgram` writes, which takes it from its text alone.
 *
 *   program     = { line newline } "print" "(" expression ")"
 *   line        = assignment | "for" name "in" "range" "(" expression ")" ":" assignment
 *   assignment  = name ("=" | "+=" | "-=") expression
 *   expression  = sum [ "if" sum ("<" | ">") sum "else" expression ]
 *   sum         = product { ("+" | "-") product }
 *   product     = factor { "*" factor }
 *   factor      = number | name | "-" factor | "(" expression ")"
 *
 * Numbers are whole and exact, whatever their size.
 * @throws {DataError} naming the line, if the text is no such program.
 */
export function evaluateProgram(text: string): string {
  const lines = text.replace(/\n$/, '').split('\n');
  const variables: Variables = new Map();
  let printed: bigint | undefined;
  for (const [index, line] of lines.entries()) {
    const reader = new LineReader(line, index + 1);
    if (index < lines.length - 1) reader.line()(variables);
    else printed = reader.print()(variables);
  }
  return `${printed}`;
}
