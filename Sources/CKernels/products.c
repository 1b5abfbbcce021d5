// Matrix products by OpenBLAS, on one thread: our own threads already use the cores.
#include <cblas.h>
#include <string.h>

#include "CKernels.h"

void spot_gemm(int m, int n, int k, const float *a, int lda, bool transpose_a, const float *b, int ldb, float *c,
               int ldc, bool accumulate) {
  if (m <= 0 || n <= 0) return;
  if (k <= 0) {  // an empty sum; BLAS would reject the leading dimensions
    for (int row = 0; row < m && !accumulate; row++) {
      memset(c + (size_t)row * (size_t)ldc, 0, (size_t)n * sizeof(float));
    }
    return;
  }
  cblas_sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, CblasNoTrans, m, n, k, 1, a, lda, b, ldb,
              accumulate ? 1 : 0, c, ldc);
}

void spot_gemv(int rows, int columns, const float *w, const float *x, float *y, bool accumulate) {
  if (rows <= 0) return;
  if (columns <= 0) {
    if (!accumulate) memset(y, 0, (size_t)rows * sizeof(float));
    return;
  }
  cblas_sgemv(CblasRowMajor, CblasNoTrans, rows, columns, 1, w, columns, x, 1, accumulate ? 1 : 0, y, 1);
}

void spot_blas_single_thread(void) { openblas_set_num_threads(1); }

const char *spot_blas_description(void) { return openblas_get_config(); }
