#pragma once
#include <napi.h>

// Terminals: what the serialport package lacks, and pseudo-terminals to serve a simulated chip on. Linux only.
void ExportTty(Napi::Env env, Napi::Object exports);
