//! Exports in, the printed parts out.

use kiro_ingest::InMemoryStore;
use kiro_report::Dataset;

use crate::kiro_exports::{IDE, LEGACY, normalize_one};
use crate::parts::table;

/// The newest known header, with every sort of oddity that keeps a row.
const ODDITIES: &str = "\
Date,UserId,Client_Type,Chat_Conversations,Credits_Used,Overage_Cap,Overage_Credits_Used,Overage_Enabled,ProfileId,Subscription_Tier,Total_Messages,New_User,User_Email,Usage_Limit,auto_messages,claude_opus_4.8_messages,Tool Calls
2026-07-10,\"aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb\",KIRO_IDE,4,12.345678901234567,1000.0,0.0,false,\"arn:aws:codewhisperer:us-east-1:123456789012:profile/EXAMPLEPROFILE\",PRO,86,false,\"alice@example.com\",1000.0,20,0,
 2026-07-10 , \"d-0123456789.CCCCCCCC-1111-4222-8333-DDDDDDDDDDDD\" ,kiro_cli,11.0,88.00000000000001,500.0,3.25,TRUE,,Pro+,240,True,,,,180,\"say \"\"hi\"\"\"
07/11/2026,\"\"\"eeeeeeee-1111-4222-8333-ffffffffffff\"\"\",,-1,nan,1e3,,maybe,,,\"1,234\",,bob@example.com,+5,1e2,12.7,7
2026-07-10,,KIRO_IDE,1,1,1,1,true,,PRO,1,true,,1,1,1,
2026-13-03,u1,KIRO_IDE,1,1,1,1,true,,PRO,1,true,,1,1,1,
2026-07-10,short,PLUGIN,2
2026-07-10,long,PLUGIN,2,1,,,,,,,,,,,,,surplus
";

/// Named, so that a further column changes the snapshot of the types only.
const FACTS: [&str; 22] = [
    "activity_date",
    "user_id",
    "client_type",
    "subscription_tier",
    "chat_conversations",
    "total_messages",
    "credits_used",
    "overage_cap",
    "overage_credits_used",
    "overage_enabled",
    "usage_limit",
    "new_user",
    "profile_id",
    "email",
    "source_account",
    "source_region",
    "extra",
    "line",
    "src_path",
    "export_ts",
    "part_id",
    "processed_ts",
];

#[test]
fn the_current_report() {
    let (store, summary) = normalize_one(IDE, ODDITIES);
    insta::assert_debug_snapshot!(summary);
    insta::assert_snapshot!("facts", table(&store, Dataset::Facts, &FACTS));
    insta::assert_snapshot!("models", table(&store, Dataset::Models, &[]));
    insta::assert_snapshot!("issues", table(&store, Dataset::Issues, &[]));
    insta::assert_snapshot!("keys", store.keys().join("\n"));
}

#[test]
fn the_first_generation_of_the_current_report() {
    let (store, _) = normalize_one(
        "Feb.csv",
        "Date,UserId,Client_Type,Chat_Conversations,Credits_Used,Overage_Cap,Overage_Credits_Used,Overage_Enabled,ProfileId,Subscription_Tier,Total_Messages\n\
         2026-02-14,\"aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb\",KIRO_CLI,2,3.5012345678901234,1000.0,0.0,false,,PRO,17\n",
    );
    insta::assert_snapshot!(table(&store, Dataset::Facts, &FACTS));
}

#[test]
fn the_legacy_report() {
    let (store, _) = normalize_one(
        LEGACY,
        "UserId,Date,Chat_AICodeLines,Chat_MessagesSent,Inline_AICodeLines,Inline_AcceptanceCount,Inline_SuggestionsCount,New_Counter\n\
         \"aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb\",11-24-2025,37,14,52,19,83,6\n\
         \"cccccccc-1111-4222-8333-dddddddddddd\",11-24-2025,0,0.0,,x,1,\n",
    );
    let columns = [
        "activity_date",
        "user_id",
        "chat_aicodelines",
        "chat_messagessent",
        "inline_aicodelines",
        "inline_acceptancecount",
        "inline_suggestionscount",
        "dev_acceptedlines",
        "source_account",
        "source_region",
        "extra",
        "line",
        "export_ts",
    ];
    insta::assert_snapshot!("code", table(&store, Dataset::Code, &columns));
    insta::assert_snapshot!(
        "code_issues",
        table(
            &store,
            Dataset::Issues,
            &["kind", "column_name", "row_rejected", "line"]
        )
    );
}

#[test]
fn headers_bind_by_name_in_any_order_and_spelling() {
    let (store, _) = normalize_one(
        IDE,
        "glm_5_messages,Usage-Limit,EMAIL,userid,Subscription Tier,,CREDITS_USED,date,Total_Messages,Credits_Used,User_Email\n\
         3,2000,,u1,power,x,1.5,2026-07-10,3,99,alice@example.com\n",
    );
    let columns = [
        "user_id",
        "client_type",
        "subscription_tier",
        "total_messages",
        "credits_used",
        "usage_limit",
        "email",
        "extra",
    ];
    insta::assert_snapshot!("spelled_facts", table(&store, Dataset::Facts, &columns));
    insta::assert_snapshot!(
        "spelled_models",
        table(&store, Dataset::Models, &["model_name", "messages"])
    );
    insta::assert_snapshot!(
        "spelled_issues",
        table(
            &store,
            Dataset::Issues,
            &["kind", "column_name", "row_rejected", "line"]
        )
    );
}

/// Name, physical and logical type and nullability: what every engine has to read.
fn schema(store: &InMemoryStore, dataset: Dataset) -> String {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let folder = format!("{}/", dataset.folder());
    let key = store
        .keys()
        .into_iter()
        .find(|key| key.starts_with(&folder))
        .unwrap();
    let reader = SerializedFileReader::new(store.content(&key).unwrap()).unwrap();
    let mut text = Vec::new();
    parquet::schema::printer::print_schema(&mut text, reader.metadata().file_metadata().schema());
    String::from_utf8(text).unwrap()
}

#[test]
fn the_types_are_those_every_engine_reads() {
    let (store, _) = normalize_one(IDE, ODDITIES);
    let (legacy, _) = normalize_one(LEGACY, "UserId,Date\nu1,11-24-2025\n");
    insta::assert_snapshot!("schema_facts", schema(&store, Dataset::Facts));
    insta::assert_snapshot!("schema_models", schema(&store, Dataset::Models));
    insta::assert_snapshot!("schema_issues", schema(&store, Dataset::Issues));
    insta::assert_snapshot!("schema_code", schema(&legacy, Dataset::Code));
}
