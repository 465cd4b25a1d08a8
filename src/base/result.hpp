// result<T>: a value or an error. Test it, then use *r or r.error(); never .value(), which throws.
#pragma once

#include <boost/system/result.hpp>

#include "base/error.hpp"

namespace coord {

template <class T = void>
using result = boost::system::result<T, error>;

}  // namespace coord
