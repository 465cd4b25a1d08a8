#include "cli/commands.hpp"
#include "cli/json.hpp"
#include "cli/member.hpp"
#include "cli/output.hpp"
#include "cli/text.hpp"

namespace coord::cli {

exit_code cache_owner(const member_options& options) {
    const member me(options);
    table owners({{"KEY"}, {"OWNER"}});
    for (const auto& key : options.keys) {
        const auto owner = me.owner_of(key);
        owners.add({printable(key), owner});
        if (!options.json) continue;
        json_object line;
        line.add_key(key);
        line.add("owner", owner);
        put(line.text() + "\n");
    }
    if (!options.json) put(owners.text());
    return exit_code::done;
}

}  // namespace coord::cli
