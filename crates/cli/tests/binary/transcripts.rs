//! The transcripts in `tests/cli`, which are also the manual: every command in them is run, every answer compared.
//! `TRYCMD=overwrite` writes down what the program says now; read the difference before committing it.

#[test]
fn transcripts_show_what_the_program_says() {
    let cases = trycmd::TestCases::new();
    cases.default_bin_name("kiro-analytics");
    cases.env("NO_COLOR", "1");
    cases.env("COLUMNS", "100");
    cases.case("../../tests/cli/*.md");
    cases.run();
}
