// Boost.JSON is compiled here, once: the header-only way needs no library to install.
#include <boost/json/src.hpp>
