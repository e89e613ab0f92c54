// Private names (`#reached`) of the bundle as names like any other (`_reached$12`). V8 looks a private name up as a computed one: in
// code that it has not optimized, which is most of what a command runs in its second, that is ten times the work of a named property,
// and each object gets a mark for its private methods as well. A twelfth of the CPU time of reading a log or a folder of files.
// Only the command's own file is written so: there is nobody to keep out of it. The library keeps its private names.
import ts from 'typescript';

/**
 * @param text of a script
 * @returns the same with each private name replaced by one of its class alone: subclasses have others
 */
export function withPlainNames(text) {
  const source = ts.createSourceFile('bundle.js', text, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  const edits = [];
  let classes = 0;

  const visit = (node, scopes) => {
    if (ts.isClassLike(node)) {
      const names = new Set(node.members.flatMap(({ name }) => (name !== undefined && ts.isPrivateIdentifier(name) ? [name.text] : [])));
      const inner = [{ number: classes++, names }, ...scopes];
      for (const clause of node.heritageClauses ?? []) visit(clause, scopes);
      for (const member of node.members) visit(member, inner);
      return;
    }
    if (ts.isPrivateIdentifier(node)) {
      edits.push({ node, name: plainName(node.text, scopes), quoted: false });
      return;
    }
    if (ts.isBinaryExpression(node) && ts.isPrivateIdentifier(node.left)) {
      // `#name in object`
      edits.push({ node: node.left, name: plainName(node.left.text, scopes), quoted: true });
      visit(node.right, scopes);
      return;
    }
    ts.forEachChild(node, (child) => visit(child, scopes));
  };
  visit(source, []);

  let [plain, at] = ['', 0];
  for (const { node, name, quoted } of edits) {
    const start = node.getStart(source);
    // `static#name` and `get#name` need no blank
    const blank = /[\w$]/.test(text[start - 1] ?? '') ? ' ' : '';
    plain += text.slice(at, start) + blank + (quoted ? JSON.stringify(name) : name);
    at = node.end;
  }
  return plain + text.slice(at);
}

function plainName(name, scopes) {
  const scope = scopes.find(({ names }) => names.has(name));
  if (scope === undefined) throw new Error(`no class around it has ${name}`);
  return `_${name.slice(1)}$${scope.number}`;
}
