import tseslint from "typescript-eslint";

/** What runs in a browser too: all of these rooms but the files that open something of the system's. */
const PORTABLE = {
  files: [
    "src/{bytes,errors,monotonic,next-turn}.ts",
    "src/{protocol,flash,image,devices,simulator}/**/*.ts",
    "src/transport/{sim/*,transport,traits,wrap,turns,target,trace,stoppable}.ts",
  ],
  ignores: ["src/image/load.ts", "src/simulator/{memory-file,pty,pty-line,pty-noise}.ts"],
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
    // Fakes of async interfaces have nothing to await.
    files: ["test/**/*.ts", "src/simulator/**/*.ts"],
    rules: { "@typescript-eslint/require-await": "off" },
  },
);
