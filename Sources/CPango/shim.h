// Pango and Cairo. The target exists for its pkg-config: CImages includes the headers, and Swift sees a label as a
// mask, never a Pango type.
#include <pango/pangocairo.h>
