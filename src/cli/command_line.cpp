#include "cli/command_line.hpp"

#include <coord/version.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <functional>

#include "cli/commands.hpp"
#include "cli/failure.hpp"
#include "cli/guard.hpp"
#include "cli/json.hpp"
#include "cli/option_values.hpp"
#include "cli/output.hpp"
#include "cli/text.hpp"
#include "cli/typed_keys.hpp"

namespace coord::cli {
namespace {

constexpr std::size_t most_keys = 1 << 24;
constexpr const char* exit_codes =
    "Exit codes: 0 ok, 1 failed, 2 wrong usage, 4 not found, 69 no peer answered, 75 a limit was "
    "reached.";
constexpr const char* origin_notes =
    "{key} is percent-encoded in a url, a path below DIR, or a part of one argument of CMD, which "
    "is split into words once and runs without a shell. CMD's exit code: 0 the value is on stdout, "
    "3 not found, else failed with the last line of stderr. A key may begin with '-': where {key} "
    "is an argument by itself, put -- before it if CMD understands that.";

// The program's grammar, and what was typed.
class grammar {
  public:
    grammar() {
        app_.name("coord");
        app_.require_subcommand(0, 1);
        app_.add_flag("--version", version_, "Print the version");
        app_.add_flag("--json", json_, "Print it as JSON");
        auto& cache = *app_.add_subcommand("cache", "A cache that several processes share");
        cache.require_subcommand(1);
        add_serve(cache);
        add_get(cache);
        add_remove(cache);
        add_owner(cache);
        add_stats(cache);
        app_.add_subcommand("help", "Print this, or the help of a command: coord help cache get");
        app_.footer(exit_codes);
    }

    exit_code run(std::vector<std::string> words) {
        if (!words.empty() && words.front() == "help") {
            words.erase(words.begin());
            words.emplace_back("--help");
        }
        keys_ = take_keys(app_, words);
        bool told = false;
        std::reverse(words.begin(), words.end());  // as CLI11 wants them
        catching<CLI::ParseError>([&] { app_.parse(words); },
                                  [&](const CLI::ParseError& what) {
                                      told = true;
                                      tell(what);
                                  });
        if (told) return exit_code::done;
        if (version_) return print_version();
        if (!verb_) throw failure(exit_code::usage, "no command; see coord help");
        refuse_empty_values();
        // Not by CLI11: it would fill the same value again for each verb that has the option.
        take_from_environment("--peers", "COORD_PEERS", values_.cluster.peers);
        if (innermost().get_name() == "stats")
            take_from_environment("--admin", "COORD_ADMIN", values_.stats.admin);
        return verb_();
    }

  private:
    static std::string version() {
        return fmt::format("{}.{}.{}",
                           coord_version() >> 16,
                           coord_version() >> 8 & 0xffU,
                           coord_version() & 0xffU);
    }
    exit_code print_version() const {
        json_object line;
        line.add("version", version());
        put(json_ ? line.text() + "\n" : "coord " + version() + "\n");
        return exit_code::done;
    }

    const CLI::App& innermost() const {
        const CLI::App* at = &app_;
        while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
        return *at;
    }
    void take_from_environment(const char* option, const char* name, std::string& value) const {
        const auto* const given = innermost().get_option_no_throw(option);
        const char* const text = std::getenv(name);
        if (given != nullptr && given->count() == 0 && text != nullptr) value = text;
    }
    // `--peers "$UNSET"` is a mistake; the group's name alone may be empty.
    void refuse_empty_values() const {
        for (const auto* each : innermost().get_options()) {
            const auto name = each->get_name();
            if (!name.starts_with("--") || name == "--group") continue;
            for (const auto& text : each->results())
                if (text.empty())
                    throw failure(
                        exit_code::usage,
                        fmt::format(
                            "{}: must not be empty; see {} --help", name, spelled(innermost())));
        }
    }
    std::string path_to(const CLI::App& verb) const {
        const bool is_top = verb.get_parent() == nullptr;
        return is_top ? "" : spelled(*verb.get_parent());
    }
    std::string spelled(const CLI::App& verb) const {
        const auto before = path_to(verb);
        return before.empty() ? verb.get_name() : before + " " + verb.get_name();
    }
    void tell(const CLI::ParseError& what) const {
        const CLI::App& verb = innermost();
        if (what.get_exit_code() == 0) return put(verb.help(path_to(verb)));
        std::string text = what.what();
        const auto unknown = verb.remaining();
        // It would only say that a command is missing.
        if (!unknown.empty() && !unknown.front().starts_with('-') && has_verbs(verb))
            text = fmt::format("there is no command '{}'", unknown.front());
        text = text.substr(0, text.find_last_not_of(" \n") + 1);
        std::replace(text.begin(), text.end(), '\n', ' ');
        throw failure(exit_code::usage,
                      fmt::format("{}; see {} --help", printable(text), spelled(verb)));
    }
    static bool has_verbs(const CLI::App& verb) {
        return !verb.get_subcommands([](const CLI::App*) { return true; }).empty();
    }

    CLI::App& add_verb(CLI::App& to, const char* name, const char* what) {
        auto& verb = *to.add_subcommand(name, what);
        verb.footer(exit_codes);
        return verb;
    }
    void add_cluster(CLI::App& verb) {
        verb.add_option(
                "--peers", values_.cluster.peers, "All members, this one too; else $COORD_PEERS")
            ->type_name("URL,...");
        verb.add_option("--ring",
                        values_.ring,
                        "How keys are placed: v2-fnv1-md5 (default), "
                        "v2-fnv1a-md5, v2-crc32-md5, golang-crc32, "
                        "v3-hostport")
            ->type_name("PROFILE");
        verb.add_option("--replicas", values_.replicas, "Virtual nodes of each member (50)")
            ->type_name("N");
        verb.add_option(
                "--base-path", values_.cluster.base_path, "Where groups are served (/_groupcache/)")
            ->type_name("PATH");
        verb.add_option("--dialect", values_.dialect, "mailgun (default) or seed")
            ->type_name("NAME");
    }
    CLI::Option* add_group(CLI::App& verb) {
        return verb.add_option("--group", values_.cluster.group, "Name of the group")
            ->type_name("NAME");
    }
    void add_json(CLI::App& verb) {
        verb.add_flag("--json", json_, "Print JSON on stdout, an object to a line");
    }
    void add_timeout(CLI::App& verb) {
        verb.add_option("--timeout", values_.timeout, "Of the whole command (30s)")
            ->type_name("TIME");
    }

    void add_serve(CLI::App& cache) {
        auto& verb = add_verb(cache, "serve", "Serve a group to its peers, until SIGTERM");
        auto& serve = values_.serve;
        add_group(verb)->required();
        verb.add_option("--listen", serve.listen, "Where peers ask (127.0.0.1:8080); port 0 = any")
            ->type_name("HOST:PORT");
        verb.add_option("--self", serve.self, "This process as it stands in --peers")
            ->type_name("URL");
        add_cluster(verb);
        verb.add_option("--origin-url",
                        serve.origin_url,
                        "Values are what it answers: 'http://host/path/{key}'")
            ->type_name("URL");
        verb.add_option("--origin-dir", serve.origin_dir, "Values are the files below it")
            ->type_name("DIR");
        verb.add_option("--origin-command",
                        serve.origin_command,
                        "Values are what it prints: 'program argument {key}'")
            ->type_name("CMD");
        verb.add_option("--origin-timeout", values_.origin_timeout, "Of one load (30s)")
            ->type_name("TIME");
        verb.add_option("--stop-timeout",
                        values_.stop_timeout,
                        "What runs when the signal comes may end within it (10s)")
            ->type_name("TIME");
        verb.add_option("--max-value", values_.max_value, "Of one value (64MiB)")
            ->type_name("SIZE");
        verb.add_option("--max-loads", values_.max_loads, "Loads at once (64), at most 1000")
            ->type_name("N");
        verb.add_option("--cache-bytes", values_.cache_bytes, "Memory of the cache (64MiB)")
            ->type_name("SIZE");
        verb.add_option("--ttl", values_.ttl, "How long values live; without it they do not expire")
            ->type_name("TIME");
        verb.add_option("--admin", serve.admin, "Serve keys, statistics and metrics there")
            ->type_name("HOST:PORT");
        verb.add_flag("--allow-insecure-bind",
                      serve.allow_insecure_bind,
                      "Listen beyond loopback, where anybody can read, load and remove");
        add_json(verb);
        verb.footer(std::string(origin_notes) + "\n" + exit_codes);
        verb.callback([this] { verb_ = [this] { return cache_serve(values_.for_serve(json_)); }; });
    }
    void add_get(CLI::App& cache) {
        auto& verb = add_verb(cache, "get", "Write a value to stdout, as it is");
        add_group(verb)->required();
        add_cluster(verb);
        add_timeout(verb);
        verb.add_flag("-v,--verbose", values_.verbose, "Say where it came from");
        add_json(verb);
        add_keys(verb, 1, &cache_get);
    }
    void add_remove(CLI::App& cache) {
        auto& verb = add_verb(cache, "remove", "Remove a key on all peers");
        add_group(verb)->required();
        add_cluster(verb);
        add_timeout(verb);
        add_json(verb);
        add_keys(verb, 1, &cache_remove);
    }
    void add_owner(CLI::App& cache) {
        auto& verb = add_verb(cache, "owner", "Tell which peer owns keys; asks nobody");
        add_group(verb);
        add_cluster(verb);
        add_json(verb);
        add_keys(verb, most_keys, &cache_owner);
    }
    void add_stats(CLI::App& cache) {
        auto& verb = add_verb(cache, "stats", "Show what servers with --admin count");
        verb.add_option("--admin",
                        values_.stats.admin,
                        "Where servers have theirs, separated by commas; else $COORD_ADMIN")
            ->type_name("HOST:PORT");
        verb.add_option("--group", values_.stats.group, "Only this one")->type_name("NAME");
        verb.add_flag("--watch", values_.stats.watch, "Once a second, until Ctrl-C");
        add_json(verb);
        verb.callback([this] { verb_ = [this] { return cache_stats(values_.for_stats(json_)); }; });
    }

    using member_verb = exit_code (*)(const member_options&);
    void add_keys(CLI::App& verb, std::size_t most, member_verb does) {
        // For the help: what is typed there never gets to CLI11, see typed_keys.hpp.
        verb.add_option("KEY", keys_, "Any bytes; after -- with - in front")->type_name("");
        verb.callback([this, &verb, most, does] {
            const auto wrong = [&](const std::string& what) {
                return failure(exit_code::usage,
                               fmt::format("{}; see {} --help", what, spelled(verb)));
            };
            if (keys_.empty()) throw wrong("KEY is required");
            if (keys_.size() > most)
                throw wrong(fmt::format("one KEY, and not '{}' too", printable(keys_.back())));
            verb_ = [this, does] { return does(values_.for_member(keys_, json_)); };
        });
    }

    CLI::App app_{"One cache, shared by processes in any language."};
    option_values values_;
    std::vector<std::string> keys_;
    bool version_ = false;
    bool json_ = false;
    std::function<exit_code()> verb_;
};

}  // namespace

exit_code run_command_line(int count, const char* const* words) {
    grammar all;
    return all.run({words + 1, words + count});
}

}  // namespace coord::cli
