{
  "targets": [
    {
      "target_name": "bootlace",
      "sources": ["native/addon.cpp"],
      "dependencies": ["<!(node -p \"require('node-addon-api').targets\"):node_addon_api"],
      "defines": ["NAPI_VERSION=8", "_FILE_OFFSET_BITS=64"],
      "cflags_cc": ["-std=c++17", "-Wall", "-Wextra", "-Werror", "-fvisibility=hidden"],
      "xcode_settings": { "CLANG_CXX_LANGUAGE_STANDARD": "c++17", "MACOSX_DEPLOYMENT_TARGET": "11.0" },
      "msvs_settings": { "VCCLCompilerTool": { "AdditionalOptions": ["/std:c++17"] } },
      "conditions": [
        [
          "OS=='linux'",
          {
            "sources": [
              "native/arguments.cpp",
              "native/file_exports.cpp",
              "native/file_lock.cpp",
              "native/gpio_exports.cpp",
              "native/gpio_lines.cpp",
              "native/i2c_bus.cpp",
              "native/i2c_exports.cpp",
              "native/job_thread.cpp",
              "native/spi_bus.cpp",
              "native/spi_exports.cpp",
              "native/spi_runner.cpp",
              "native/step_program.cpp",
              "native/step_runner.cpp",
              "native/tty_exports.cpp"
            ]
          }
        ]
      ]
    }
  ]
}
