import tseslint from "typescript-eslint";

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
    // Fakes of async interfaces have nothing to await.
    files: ["test/**/*.ts", "src/simulator/**/*.ts"],
    rules: { "@typescript-eslint/require-await": "off" },
  },
);
