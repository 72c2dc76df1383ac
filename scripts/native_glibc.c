// What Swift's libraries and libstdc++ ask of glibc 2.35 and later, so that the wheel runs with older ones, which Red Hat Enterprise Linux 9 and
// Amazon Linux 2023 have. A definition here is found before glibc's.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

// glibc 2.35 gave these a new version that sets no errno. Squares of a float are exact in double and do not overflow.
float hypotf(float x, float y) {
    if (isinf(x) || isinf(y)) return INFINITY;
    return (float)sqrt((double)x * x + (double)y * y);
}

double hypot(double x, double y) {
    if (isinf(x) || isinf(y)) return INFINITY;
    x = fabs(x), y = fabs(y);
    double large = fmax(x, y), small = fmin(x, y);
    if (isnan(x) || isnan(y)) return NAN;
    if (large == 0) return 0;
    double ratio = small / large;
    return large * sqrt(1 + ratio * ratio);
}

// From glibc 2.36 on. libstdc++ takes random numbers by it.
uint32_t arc4random(void) {
    uint32_t value;
    if (getentropy(&value, sizeof value) != 0) abort();
    return value;
}
