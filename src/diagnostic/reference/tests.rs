//! A small language: what its keys say is what is read, and what is told of them.
#![allow(dead_code, reason = "the language of the tests is there to be read and told of, not to be used")]

use serde_json::json;

use super::*;
use crate::diagnostic::{
    Complaint, Form, Place, Placed, Problem, choice_or_later, flag, integer, integers, keys, read, schema,
    section, table, tables_checked, tables_over, text,
};

keys! {
    /// A garden.
    struct Garden {
        /// What grows where nothing else is said.
        defaults: Care = section();
        /// What grows in it.
        bed: Vec<Bed> = tables_over::<Bed, Care>("defaults");
        /// Who sees to it. Daily.
        owner: Option<Owner> = table(&["landlord"]).maybe();
    }
}

keys! {
    /// How a bed is seen to.
    #[derive(PartialEq)]
    struct Care {
        /// Litres a day.
        water: i64 = integer(0..=9).or(3);
        /// How much sun it has.
        sun: Sun = choice_or_later(&["none"]).or("full");
    }
}

keys! {
    /// One bed.
    struct Bed {
        /// What is in it.
        plants: Vec<String> = text("a plant").list(1..=2).required().example(["rose"]);
        ..
        /// How it is seen to.
        care: Care;
    }
}

keys! {
    /// Somebody.
    struct Owner {
        /// What they are called.
        name: String = text("a name").required_with("name = \"Ada\"");
        /// Whether they are in.
        in_ as "in": bool = flag().or(true);
    }
}

/// How much sun there is.
#[derive(Debug, Clone, Copy, PartialEq, strum::IntoStaticStr, strum::VariantArray, strum::EnumMessage)]
#[strum(serialize_all = "kebab-case")]
enum Sun {
    /// All day.
    Full,
    /// Half a day.
    Half,
}

fn garden(text: &str) -> Result<Garden, String> {
    read("t.toml", text, Garden::read).map_err(|problems| {
        let said = problems.iter().map(|one| one.message.clone()).collect::<Vec<_>>();
        said.join("; ")
    })
}

#[test]
fn a_key_that_is_absent_means_its_default_and_a_table_has_what_it_lacks_from_the_one_below() {
    let read =
        garden("defaults.sun = 'half'\n[[bed]]\nplants = ['rose']\n[[bed]]\nplants = ['oak']\nwater = 9\n");
    let read = read.unwrap();
    let care = |at: usize| read.bed[at].care.clone();
    assert_eq!((care(0), care(1)), (Care { water: 3, sun: Sun::Half }, Care { water: 9, sun: Sun::Half }));
    assert_eq!((read.bed[0].plants.clone(), read.owner.is_none()), (vec!["rose".to_owned()], true));
    assert_eq!(
        (garden("").unwrap().defaults, garden("").unwrap().bed.len()),
        (Care { water: 3, sun: Sun::Full }, 0)
    );
    assert!(
        garden("owner.name = 'Ada'").unwrap().owner.is_some_and(|owner| owner.in_ && owner.name == "Ada")
    );
}

#[test]
fn everything_that_is_wrong_is_said_once_and_at_once() {
    for (text, expected) in [
        (
            "defaults.water = 10\n[[bed]]\nplants = ['a']\n[[bed]]\nplants = ['b']",
            "`water` must be from 0 to 9",
        ),
        ("[[bed]]\nsun = 'none'", "`plants` is missing in `[[bed]]`; `sun = \"none\"` is not supported yet"),
        ("[owner]\nlandlord = 1", "`name` is missing in `[owner]`; `landlord` is not supported yet"),
        (
            "[owner]\nnam = 1\nin = 2",
            "unknown key `nam` in `[owner]`; `in` must be true or false, not a whole number",
        ),
    ] {
        assert_eq!(garden(text).unwrap_err(), expected, "{text}");
    }
}

#[test]
fn a_schema_says_of_each_key_what_can_stand_there() {
    let schema = schema::<Garden>("Gardens");
    let properties = &schema["properties"];
    assert_eq!(
        properties["defaults"]["properties"],
        json!({
            "water": {
                "description": "Litres a day.", "type": "integer", "minimum": 0, "maximum": 9, "default": 3
            },
            "sun": {
                "description": "How much sun it has.", "type": "string", "enum": ["full", "half"], "default": "full"
            },
        })
    );
    let bed = &properties["bed"]["items"];
    assert_eq!(
        (&bed["required"], &bed["properties"]["plants"]["examples"]),
        (&json!(["plants"]), &json!([["rose"]]))
    );
    // What stands below may say otherwise.
    assert_eq!(bed["properties"]["water"].get("default"), None);
    assert_eq!(properties["owner"]["properties"]["in"]["default"], true);
    assert_eq!(properties["owner"]["properties"].get("landlord"), None);
}

#[test]
fn a_reference_has_a_section_for_each_table() {
    insta::assert_snapshot!(reference::<Garden>(), @r#"
    ## The top of the file

    A garden.

    | key | value | default | meaning |
    |---|---|---|---|
    | `defaults` | a table |  | What grows where nothing else is said. |
    | `bed` | a list of tables |  | What grows in it. |
    | `owner` | a table |  | Who sees to it. Daily. |

    ## `[defaults]`

    What grows where nothing else is said.

    | key | value | default | meaning |
    |---|---|---|---|
    | `water` | 0 to 9 | `3` | Litres a day. |
    | `sun` | one of `full`, `half` | `"full"` | How much sun it has.<br>`full`: All day.<br>`half`: Half a day. |

    ## `[[bed]]`

    What grows in it. Every key of `[defaults]` can stand here as well, and then counts here.

    | key | value | default | meaning |
    |---|---|---|---|
    | `plants` | a list of 1 to 2, each a plant | required | What is in it.<br>Example: `["rose"]` |

    ## `[owner]`

    Who sees to it. Daily.

    | key | value | default | meaning |
    |---|---|---|---|
    | `name` | a name | required | What they are called. |
    | `in` | `true` or `false` | `true` | Whether they are in. |
    "#);
}

keys! {
    /// Orchards.
    struct Land {
        /// Each of them.
        orchard: Vec<Orchard> = tables_checked(|table, orchard: &Orchard| {
            if orchard.rows.is_empty() && orchard.tree.is_some() {
                table.report(Problem::at(table.place(), "trees stand in rows"));
            }
        });
    }
}

keys! {
    /// One orchard.
    struct Orchard {
        /// Trees in each row.
        rows: Vec<u32> = integers(0..=3, 1..=9_u32).or_none();
        /// What stands in them.
        tree: Option<Placed<String>> = kind().placed().optional();
        ..
        /// Where it is told of.
        place: Place;
        /// How it is seen to.
        care: Care;
    }
}

fn kind() -> Form<String> {
    text("a tree").checked(|tree| match tree.as_str() {
        "rose" => Err(Complaint::new("a rose is no tree")),
        _ => Ok(()),
    })
}

#[test]
fn a_second_look_has_the_place_of_what_was_read() {
    let text = "[[orchard]]\nrows = [3, 3]\ntree = 'fig'\nwater = 1\n[[orchard]]\n";
    let land = read("t.toml", text, Land::read).unwrap();
    let [first, second] = &land.orchard[..] else { panic!("{land:?}") };
    assert_eq!((&first.rows, first.care.water, second.care.water), (&vec![3, 3], 1, 3));
    let tree = first.tree.as_ref().unwrap();
    assert_eq!((tree.as_str(), &text[tree.place.start()..tree.place.end()]), ("fig", "'fig'"));
    assert!(second.tree.is_none() && first.place < second.place);
}

#[test]
fn a_table_is_read_whole_or_not_at_all_and_every_reason_is_said() {
    for (text, expected) in [
        ("[[orchard]]\ntree = 'fig'", "trees stand in rows"),
        ("[[orchard]]\nrows = [1]\ntree = 'rose'", "a rose is no tree"),
        ("[[orchard]]\nrows = [0]", "`rows` must be from 1 to 9"),
        ("[[orchard]]\nrows = [1, 2, 3, 4]", "`rows` has 4 entries; there can be at most 3"),
    ] {
        let mut read_whole = true;
        let problems = read("t.toml", text, |root| {
            let land = Land::read(root);
            read_whole = land.is_some();
            land
        });
        let problems: Vec<String> = problems.unwrap_err().iter().map(|one| one.message.clone()).collect();
        assert_eq!(problems, [expected], "{text}");
        assert_eq!(read_whole, !expected.contains("rose"), "{text}");
    }
}

#[test]
fn numbers_may_stand_twice_in_a_list_and_texts_may_not() {
    let schema = schema::<Land>("Land");
    let properties = &schema["properties"]["orchard"]["items"]["properties"];
    assert_eq!(properties["rows"]["uniqueItems"], false);
}
