/** The public API is whole: what a signature of an exported name speaks of is exported too. */
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { ROOT } from "../support/sources.js";

const ENTRIES = ["src/index.ts", "src/simulator.ts", "src/contract.ts"].map((file) => join(ROOT, file));
const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
  config: object;
};
const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: ENTRIES }, ts.sys, ROOT);
const program = ts.createProgram(ENTRIES, options);
const checker = program.getTypeChecker();

const whole = (symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

const exported = new Map(
  ENTRIES.flatMap((file) =>
    checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!),
  ).map((symbol) => [whole(symbol), symbol.name] as const),
);

const isPrivate = (node: ts.Node): boolean =>
  (ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)) ||
  ("name" in node && node.name !== undefined && ts.isPrivateIdentifier(node.name as ts.Node));

/** Names of types that a declaration speaks of, its bodies and initial values left out. */
function typesIn(node: ts.Node, found: ts.Symbol[] = []): ts.Symbol[] {
  if (isPrivate(node) || ts.isBlock(node)) return found;
  const name = ts.isTypeReferenceNode(node) ? node.typeName : ts.isExpressionWithTypeArguments(node) ? node.expression : undefined; // prettier-ignore
  const symbol = name && checker.getSymbolAtLocation(name);
  if (symbol) found.push(whole(symbol));
  // A value is none of the signature, unless it is the function itself.
  const value: unknown = "initializer" in node ? node.initializer : undefined;
  ts.forEachChild(node, (child) => {
    if (child !== value || ts.isArrowFunction(child)) typesIn(child, found);
  });
  return found;
}

const isOurs = (symbol: ts.Symbol): boolean =>
  (symbol.declarations ?? []).some(
    (declaration) =>
      declaration.getSourceFile().fileName.startsWith(join(ROOT, "src")) &&
      !ts.isTypeParameterDeclaration(declaration),
  );

const missing = [...exported].flatMap(([symbol, name]) =>
  (symbol.declarations ?? [])
    .flatMap((declaration) => typesIn(declaration))
    .filter((type) => isOurs(type) && !exported.has(type))
    .map((type) => `${type.name}, of which ${name} speaks`),
);

describe("the public API", () => {
  it("is found", () => {
    expect(exported.size).toBeGreaterThan(60);
  });

  it("speaks of no type that is not exported", () => {
    expect([...new Set(missing)]).toEqual([]);
  });
});
