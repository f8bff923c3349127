#include "CPixels.h"

#include <math.h>

enum { REACH = 2, WIDTH = 2 * REACH + 1, MOST_COLUMNS = 512 };

float vp_detail(const float *luma, int32_t side, int32_t left, int32_t top, int32_t right, int32_t bottom) {
    if (right - left + 2 * REACH > MOST_COLUMNS) { return 0; }
    double sum = 0, squares = 0, fine = 0;
    for (int32_t y = top; y < bottom; y++) {
        float columns[MOST_COLUMNS];
        const float *above = luma + (ptrdiff_t)(y - REACH) * side + left - REACH;
        for (int32_t x = 0; x < right - left + 2 * REACH; x++) {
            columns[x] = above[x] + above[x + side] + above[x + 2 * side] + above[x + 3 * side] + above[x + 4 * side];
        }
        // Sums of one row stay in single precision, which vectorises; the totals do not lose digits.
        float row_sum = 0, row_squares = 0, row_fine = 0;
        const float *at = luma + (ptrdiff_t)y * side + left;
        for (int32_t x = 0; x < right - left; x++) {
            const float *c = columns + x;
            const float value = at[x] - 128;
            const float difference = at[x] - (c[0] + c[1] + c[2] + c[3] + c[4]) / (WIDTH * WIDTH);
            row_sum += value;
            row_squares += value * value;
            row_fine += difference * difference;
        }
        sum += row_sum;
        squares += row_squares;
        fine += row_fine;
    }
    const double count = (double)(right - left) * (bottom - top);
    const double variance = squares / count - (sum / count) * (sum / count);
    // Below one grey level of deviation there is no face to be sharp, only noise.
    return variance < 1 ? 0 : (float)sqrt(fine / count / variance);
}
