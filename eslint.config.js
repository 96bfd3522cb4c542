import { readFileSync } from "node:fs";
import tseslint from "typescript-eslint";

/** They open something of the system's; test/unit/browser.test.ts leaves out the same. */
const OF_THE_SYSTEM = JSON.parse(
  readFileSync(new URL("test/support/of-the-system.json", import.meta.url), "utf8"),
);

/** What runs in a browser too: all of these rooms but those. */
const PORTABLE = {
  files: [
    "src/{arguments,bytes,contract,errors,library-words,monotonic,next-turn,simulator}.ts",
    "src/{protocol,flash,image,devices,simulator}/**/*.ts",
    "src/transport/{arguments,contract/*,sim/*,transport,traits,wrap,turns,target,trace,stoppable}.ts",
  ],
  ignores: OF_THE_SYSTEM,
};

export default tseslint.config(
  { ignores: ["dist", ".cache", "build", "node_modules", "prebuilds", "bench/results"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "max-params": ["error", 4],
      eqeqeq: "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      // Bytes fetched by an index that was just checked read better with "!" than with a second check.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidOperator: true, ignoreVoidReturningFunctions: true },
      ],
    },
  },
  {
    ...PORTABLE,
    rules: {
      "no-restricted-globals": [
        "error",
        "Buffer",
        "process",
        "setImmediate",
        "global",
        "require",
        "__dirname",
      ],
      "no-restricted-imports": ["error", { patterns: ["node:*"] }],
    },
  },
  {
    // A field that may be missing is `field?: T | undefined` and passed on as it is.
    files: ["src/**/*.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "ObjectExpression > SpreadElement > :matches(LogicalExpression[operator='&&'], ConditionalExpression)",
          message: "Say `| undefined` on the type of the field instead of a spread on a condition.",
        },
      ],
    },
  },
  {
    // Fakes of async interfaces have nothing to await.
    files: ["test/**/*.ts", "src/simulator/**/*.ts"],
    rules: { "@typescript-eslint/require-await": "off" },
  },
);
