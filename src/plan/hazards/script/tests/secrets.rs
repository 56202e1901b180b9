//! What must never be shown, and what must never go wrong.

use proptest::prelude::*;

use super::*;

#[test]
fn secrets_are_masked_wherever_people_put_them() {
    for line in [
        "pip install --index-url https://user:HUNTER@pypi.example.com/simple x",
        "curl -H 'Authorization: Bearer HUNTER' https://example.com",
        "curl -H \"X-Api-Key: HUNTER\" https://example.com",
        "curl -u admin:HUNTER https://example.com",
        "curl https://example.com/x?sig=HUNTER",
        "export API_TOKEN=HUNTER; curl https://example.com",
        "git clone https://HUNTER@github.com/x/y",
        "wget --password HUNTER ftp://example.com",
        "wget --http-password='HUNTER 2' https://example.com",
        "curl -d '{\"password\": \"HUNTER\"}' https://example.com",
        "curl -uadmin:HUNTER https://example.com",
        "export DB_PASS=HUNTER; pip install x",
        "curl -H \"X-JFrog-Art-Api: HUNTER\" example.com",
        "curl -u 'admin:my HUNTER' https://example.com",
        "curl --user=admin\\ HUNTER https://example.com",
        "curl https://me:a@HUNTER@example.com/x",
        "pip install --password HUNTER x",
    ] {
        let found = of(line).needs;
        assert!(found.len() == 1 && !found[0].contains("HUNTER"), "{found:?}");
    }
}

proptest! {
    #[test]
    fn a_word_that_may_be_a_secret_never_shows(
        secret in "[A-Z][A-Za-z0-9_-]{7,40}", before in "[ -.0-9;-~]{0,20}", after in "[ -~]{0,20}",
        tool in prop_oneof!["wget", "curl", "pip install", "git clone"],
    ) {
        let line = format!("{tool} {before} {secret} {after}");
        let found = of(&line);
        for shown in found.needs.iter().chain(&found.stops).chain(&found.volume) {
            prop_assert!(!shown.contains(&secret), "{}", shown);
        }
    }

    #[test]
    fn any_script_is_read_without_a_panic(text in any::<String>()) {
        let _ = of(&text);
    }
}

#[test]
fn what_a_variable_holds_is_never_shown() {
    for script in [
        "T=hunter2; pip install $T",
        "T=hunter2; curl https://$T.example.com",
        "T=hunter2; bash -c \"curl https://$T.example.com\"",
        "T=hunter2; C=\"pip install $T\"; $C",
        "curl https://${T:-hunter2}.example.com",
        "sudo -i <<EOF\ncurl https://me:hunter2@example.com\nEOF",
    ] {
        let found = of(script).needs;
        assert!(found.len() == 1 && !found[0].contains("hunter2"), "{found:?}");
    }
}

#[allow(clippy::disallowed_methods, reason = "how long it takes is what is tested")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

#[test]
fn scripts_that_are_made_to_take_long_do_not() {
    let deep = |open: &str, close: &str| format!("echo {}true{}", open.repeat(4000), close.repeat(4000));
    let doubling = format!("A=x\n{}curl $A", "A=$A$A\n".repeat(1500));
    let itself =
        format!("cat > /tmp/x <<'EOF'\n{}EOF\n{}", "bash /tmp/x\n".repeat(500), "bash /tmp/x\n".repeat(500));
    let heredocs = format!("cat {}\n{}", "<<a ".repeat(2000), "x\n".repeat(4000));
    let evals = format!("A='{}'\neval \"$A\"", "eval \"$A\";".repeat(90));
    let cases = [
        deep("$(", ")"),
        deep("(", ")"),
        deep("`", ""),
        deep("\"$(", ")\""),
        deep("<(", ")"),
        deep("${", "}"),
        deep("$((", ""),
        deep("if ", ""),
        "((".repeat(6000),
        "'".repeat(12000) + "\"",
        doubling,
        itself,
        heredocs,
        evals,
        "a=(".repeat(4000),
        "<".repeat(12000),
        "sudo ".repeat(3000),
        "bash -c ".repeat(1500),
    ];
    for case in cases {
        let begin = now();
        let _ = of(&case);
        assert!(begin.elapsed().as_secs() < 5, "{}", &case[..40]);
    }
}

proptest! {
    #[test]
    fn anything_that_looks_like_a_script_is_read_without_a_panic(
        parts in prop::collection::vec(prop_oneof![
            Just("$("), Just(")"), Just("("), Just("`"), Just("'"), Just("\""), Just("\\"), Just("\n"), Just(" "),
            Just("<<EOF"), Just("EOF\n"), Just("<<<"), Just("<"), Just(">"), Just("|"), Just("&&"), Just("${"),
            Just("}"), Just("$"), Just("#"), Just(";"), Just("sudo -i"), Just("bash -c"), Just("su -c"), Just("--"),
            Just("curl"), Just("git clone"), Just("docker"), Just("docker pull"), Just("aws"), Just("pip install"),
            Just("python -m"), Just("-c"), Just("A="), Just("=("), Just("for"), Just("function"), Just("case"),
            Just("cd"), Just(".."), Just("~"), Just("/home/ec2-user/SageMaker/x"), Just("é"), Just("$@"), Just("f()"),
            Just("timeout"), Just("env"), Just("xargs"), Just("eval"), Just("s3"), Just("https://"), Just("[::1]"),
        ], 0..60),
    ) {
        let _ = of(&parts.concat());
        let _ = of(&parts.join(" "));
    }
}
