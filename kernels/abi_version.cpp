#include "onnxaudit_kernels.h"

int32_t oa_abi_version(void) {
    return OA_ABI_VERSION;
}
