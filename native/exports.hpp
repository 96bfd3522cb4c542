#pragma once
#include <napi.h>

// Every function of the addon, X(name in JS, name in C++). src/native/binding.ts has their types and meaning.
#define BOOTLACE_EXPORTS(X)              \
  X("i2cOpen", I2cOpen)                  \
  X("i2cFunctionality", I2cFunctionality) \
  X("i2cSetTimeout", I2cSetTimeout)      \
  X("i2cSetRetries", I2cSetRetries)      \
  X("i2cTransfer", I2cTransfer)          \
  X("i2cRun", I2cRun)                    \
  X("i2cAbort", I2cAbort)                \
  X("spiOpen", SpiOpen)                  \
  X("spiRun", SpiRun)                    \
  X("spiAbort", SpiAbort)                \
  X("fileOpen", FileOpen)                \
  X("lockTake", LockTake)                \
  X("lockQuery", LockQuery)              \
  X("lockRelease", LockRelease)          \
  X("gpioOpen", GpioOpen)                \
  X("gpioChipInfo", GpioGetChipInfo)     \
  X("gpioLineInfo", GpioGetLineInfo)     \
  X("gpioRequest", GpioRequest)          \
  X("gpioConfigure", GpioConfigure)      \
  X("gpioSet", GpioSet)                  \
  X("gpioGet", GpioGet)                  \
  X("ptyOpen", PtyOpen)                  \
  X("ttyExclusive", TtyExclusive)        \
  X("ttyCheckParity", TtyCheckParity)    \
  X("ttySettings", TtySettings)          \
  X("close", Close)

#define BOOTLACE_DECLARE(js, cpp) Napi::Value cpp(const Napi::CallbackInfo& info);
BOOTLACE_EXPORTS(BOOTLACE_DECLARE)
#undef BOOTLACE_DECLARE
