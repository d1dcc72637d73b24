//! What is hashed is what is written.

use serde_json::Value;

use super::*;

fn draft() -> Draft {
    Draft {
        org: Some("org_1".to_owned()),
        id: "rcp_1".to_owned(),
        subject: Subject::Response {
            operation_id: Some("startRun".to_owned()),
            method: "POST".to_owned(),
            path: "/v1/runs\u{1f}\"é".to_owned(),
            status: 202,
            error: None,
        },
        actor: None,
        outcome: Outcome::Succeeded,
        run_id: None,
        event_id: None,
        issued_at: "2026-01-02T09:30:00.1239Z".parse().unwrap(),
    }
}

#[test]
fn the_hash_can_be_recomputed_by_hand() {
    let first = draft().after(None);
    // Written out by the rules of RFC 8785, section 3.2, and hashed with sha256sum.
    let text = concat!(
        r#"{"actor":null,"event_id":null,"id":"rcp_1","issued_at":"2026-01-02T09:30:00.123Z","#,
        r#""outcome":"succeeded","previous_hash":null,"run_id":null,"sequence":1,"subject":"#,
        r#"{"method":"POST","operation_id":"startRun","path":"/v1/runs\u001f\"é","#,
        r#""status":202,"type":"response"}}"#
    );
    assert_eq!(first.hash, hex(&Sha256::digest(text)));
    let second = draft().after(Some(&first));
    assert_eq!(second.sequence, 2);
    assert_eq!(second.previous_hash.as_ref(), Some(&first.hash));
    assert_ne!(second.hash, first.hash);
}

/// RFC 8785 for ASCII names: members sorted, no spaces.
fn canonical(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            let members = members.into_iter().map(|(k, v)| (k, canonical(v)));
            Value::Object(members.collect())
        }
        Value::Array(items) => items.into_iter().map(canonical).collect(),
        other => other,
    }
}

#[test]
fn every_kind_of_record_is_written_as_it_is_hashed() {
    let text = str::to_owned;
    let actors = [
        Actor::User {
            user_id: text("usr_1"),
            display_name: text("Ada"),
        },
        Actor::Token {
            token_id: text("tok_1"),
            token_name: text("ci"),
        },
        Actor::Agent {
            agent_id: text("agt_1"),
            run_id: Some(text("run_1")),
        },
        Actor::System {
            component: text("scheduler"),
        },
    ];
    let cost = Money {
        amount: text("1.50"),
        currency: text("USD"),
    };
    let resource = |name| Resource {
        id: text("bld_1"),
        name,
        kind: text("build"),
    };
    let subjects = [
        draft().subject,
        Subject::Run {
            run_id: text("run_1"),
            plan_id: text("pln_1"),
        },
        Subject::Invocation {
            invocation_id: text("inv_1"),
            agent_id: text("agt_1"),
            version: text("1.0.0"),
            cost,
        },
        Subject::Job {
            resource: resource(Some(text("shop"))),
        },
    ];
    for (actor, subject) in actors.into_iter().zip(subjects) {
        let mut record = draft().after(None);
        (record.actor, record.subject) = (Some(actor), subject);
        let written = serde_json::to_string(&record).unwrap();
        let value: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(canonical(value).to_string(), written);
        assert_eq!(serde_json::from_str::<Record>(&written).unwrap(), record);
    }
}

#[test]
fn a_record_is_sealed_with_the_hash_that_can_be_computed() {
    let mut tricky = draft();
    tricky.actor = Some(Actor::Token {
        token_id: "tok_1".to_owned(),
        token_name: r#"","hash":"0000"#.to_owned(),
    });
    let head = Some(Head::from(draft().after(None)));
    let (record, text) = tricky.sealed(head).unwrap();
    assert_eq!(record.hash, record.computed_hash());
    assert_eq!(text, serde_json::to_vec(&record).unwrap());
    assert_eq!(record.sequence, 2);
}

#[test]
fn a_record_reads_back_as_it_was_written() {
    let first = draft().after(None);
    let text = serde_json::to_vec(&first).unwrap();
    assert_eq!(serde_json::from_slice::<Record>(&text).unwrap(), first);
}
