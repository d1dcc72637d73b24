//! Instances of a schema, made by what it says and by chance.

use serde_json::{Map, Number, Value, json};

use super::chance::Chance;
use super::merge::{merged, types};
use super::text;

/// How much of what may be there is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    /// What is required alone.
    Least,
    /// Every property, once in each branch.
    Most,
    /// Whatever chance says.
    Some,
    /// As `Most`, and properties that nothing speaks of.
    More,
}

/// How the names of properties begin that a schema leaves room for and does not name.
pub(crate) const UNNAMED: &str = "x-more ";
/// Below this depth no more is made than must be.
const DEEP: usize = 5;
/// What is deeper is given up, and another branch tried.
const TOO_DEEP: usize = 16;

/// How many schemas are tried for one instance: what refers to itself in every branch has no end.
const MOST_TRIES: usize = 20_000;

/// Makes instances of the schemas of one document.
pub(crate) struct Maker<'d> {
    /// What references lead into.
    pub(crate) document: &'d Value,
    /// What decides.
    pub(crate) chance: Chance,
    /// How much is made.
    pub(crate) amount: Amount,
    tried: usize,
}

impl<'d> Maker<'d> {
    pub(crate) fn new(document: &'d Value, chance: Chance, amount: Amount) -> Self {
        Self {
            document,
            chance,
            amount,
            tried: 0,
        }
    }

    /// An instance; `None` where none was found.
    pub(crate) fn make(&mut self, schema: &Value) -> Option<Value> {
        self.tried = 0;
        self.at(schema, 0)
    }

    /// Whether the last instance was given up for how much was tried.
    pub(crate) fn gave_up(&self) -> bool {
        self.tried > MOST_TRIES
    }

    fn at(&mut self, schema: &Value, depth: usize) -> Option<Value> {
        self.tried += 1;
        if depth > TOO_DEEP || self.gave_up() {
            return None;
        }
        // Another branch may be less deep, or fit what stands beside it.
        let tries = if depth > DEEP { 8 } else { 4 };
        (0..tries).find_map(|_| {
            let merged = merged(self.document, schema, &mut self.chance)?;
            self.one(&merged, depth)
        })
    }

    fn one(&mut self, schema: &Map<String, Value>, depth: usize) -> Option<Value> {
        if let Some(value) = schema.get("const") {
            return Some(value.clone());
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            let typed: Vec<&Value> = values
                .iter()
                .filter(|value| schema.get("type").is_none_or(|ty| is_of(value, &types(ty))))
                .collect();
            return self.chance.one(&typed).map(|value| (*value).clone());
        }
        let allowed = match schema.get("type") {
            Some(ty) => types(ty),
            None => vec![inferred(schema)],
        };
        let ty = match allowed.iter().find(|ty| **ty == "null") {
            Some(null) if depth > DEEP => null,
            _ => self.chance.one(&allowed)?,
        };
        let ty = match *ty {
            // Whole, whatever the type says: formats of OpenAPI have a JSON type of their own.
            "number" if is_whole(schema) => "integer",
            ty => ty,
        };
        match ty {
            "null" => Some(Value::Null),
            "boolean" => Some(self.chance.half().into()),
            "integer" => self.integer(schema),
            "number" => self.number(schema),
            "string" => text::make(schema, &mut self.chance).map(Value::String),
            "array" => self.array(schema, depth),
            "object" => self.object(schema, depth),
            _ => Some(self.anything()),
        }
    }

    fn anything(&mut self) -> Value {
        let values = [
            json!("text"),
            json!(7),
            json!(-0.5),
            json!(true),
            json!(["a", 1, null]),
            json!({"key": {"inner": [1.25]}}),
        ];
        values[self.chance.below(values.len())].clone()
    }

    fn integer(&mut self, schema: &Map<String, Value>) -> Option<Value> {
        let format = schema.get("format").and_then(Value::as_str);
        // What a double holds is what every reader of JSON agrees on (RFC 8259, section 6).
        let (low, high) = match format {
            Some("int8") => (-128, 127),
            Some("int16") => (-32768, 32767),
            Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
            Some("uint8") => (0, 255),
            Some("uint16") => (0, 65535),
            Some("uint32") => (0, i64::from(u32::MAX)),
            Some("int64") => (i64::MIN, i64::MAX),
            Some("uint64") => (0, i64::MAX),
            _ => (-(1 << 53) + 1, (1 << 53) - 1),
        };
        let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
        let low = [bound("minimum"), bound("exclusiveMinimum").map(|b| b + 1.0)]
            .into_iter()
            .flatten()
            .fold(low, |low, bound| low.max(bound.ceil() as i64));
        let high = [bound("maximum"), bound("exclusiveMaximum").map(|b| b - 1.0)]
            .into_iter()
            .flatten()
            .fold(high, |high, bound| high.min(bound.floor() as i64));
        if low > high {
            return None;
        }
        let value = match self.chance.below(6) {
            0 => low,
            1 => high,
            2 => self.chance.between(low, high),
            _ => self
                .chance
                .between(low.max(-5.min(high)), high.min(2000.max(low))),
        };
        let step = bound("multipleOf")
            .filter(|step| *step >= 1.0)
            .map_or(1, |step| step as i64);
        let value = value - value.rem_euclid(step);
        let value = if value < low {
            value.saturating_add(step)
        } else {
            value
        };
        Some(value.into())
    }

    fn number(&mut self, schema: &Map<String, Value>) -> Option<Value> {
        let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
        let low = bound("minimum").or(bound("exclusiveMinimum").map(|b| b + 0.0625));
        let high = bound("maximum").or(bound("exclusiveMaximum").map(|b| b - 0.0625));
        let usual = [0.0, 1.0, -2.5, 19.99, 1234.5, 0.1, 3e10, 6.25e-5];
        let fits = |value: &f64| {
            low.is_none_or(|low| *value >= low) && high.is_none_or(|high| *value <= high)
        };
        let mut fitting: Vec<f64> = usual.into_iter().filter(fits).collect();
        fitting.extend(low);
        fitting.extend(high);
        if let (Some(low), Some(high)) = (low, high) {
            fitting.push(low + (high - low) / 2.0);
        }
        let value = *self.chance.one(&fitting)?;
        let value = match bound("multipleOf") {
            Some(step) => (value / step).round() * step,
            None => value,
        };
        // Whole numbers are written as such about as often as not.
        if value.fract() == 0.0 && value.abs() < 1e15 && self.chance.half() {
            return Some((value as i64).into());
        }
        Number::from_f64(value).map(Value::Number)
    }

    fn array(&mut self, schema: &Map<String, Value>, depth: usize) -> Option<Value> {
        let count = |key: &str| schema.get(key).and_then(Value::as_u64);
        let least = count("minItems").unwrap_or(0) as usize;
        let most = count("maxItems").unwrap_or(u64::MAX) as usize;
        let none = Vec::new();
        let prefix = schema
            .get("prefixItems")
            .and_then(Value::as_array)
            .unwrap_or(&none);
        let wanted = match self.amount {
            Amount::Least => least,
            _ if depth > DEEP => least,
            Amount::Some => least + self.chance.below(3),
            Amount::Most | Amount::More => least.max(prefix.len()).max(1 + self.chance.below(2)),
        };
        let any = Value::Bool(true);
        let item = schema.get("items").unwrap_or(&any);
        let wanted = if *item == Value::Bool(false) {
            wanted.min(prefix.len())
        } else {
            wanted
        };
        let unique = schema.get("uniqueItems") == Some(&Value::Bool(true));
        let mut items: Vec<Value> = Vec::new();
        for index in 0..wanted.min(most).min(least.max(64)) {
            let schema = prefix.get(index).unwrap_or(item);
            let made = (0..6)
                .filter_map(|_| self.at(schema, depth + 1))
                .find(|made| !unique || !items.contains(made));
            match made {
                Some(made) => items.push(made),
                None if index < least => return None,
                None => break,
            }
        }
        if let Some(contains) = schema.get("contains")
            && items.len() < most
        {
            items.push(self.at(contains, depth + 1)?);
        }
        Some(items.into())
    }

    fn object(&mut self, schema: &Map<String, Value>, depth: usize) -> Option<Value> {
        let mut out = Map::new();
        let none = Map::new();
        let properties = schema
            .get("properties")
            .and_then(Value::as_object)
            .unwrap_or(&none);
        let required = strings(schema.get("required"));
        for (name, schema) in properties {
            let must = required.contains(&name.as_str());
            let wanted = match self.amount {
                Amount::Least => false,
                _ if depth > DEEP => false,
                Amount::Some => self.chance.half(),
                Amount::Most | Amount::More => true,
            };
            if must || wanted {
                match self.at(schema, depth + 1) {
                    Some(value) => drop(out.insert(name.clone(), value)),
                    None if must => return None,
                    None => {}
                }
            }
        }
        let any = Value::Bool(true);
        let additional = schema.get("additionalProperties");
        let additional = additional.or(schema.get("unevaluatedProperties"));
        for name in required
            .iter()
            .filter(|name| !properties.contains_key(**name))
        {
            let value = self.at(additional.unwrap_or(&any), depth + 1)?;
            out.insert((*name).to_owned(), value);
        }
        self.more(schema, additional, depth, &mut out)?;
        if let Some(needs) = schema.get("dependentRequired").and_then(Value::as_object) {
            let held: Vec<String> = out.keys().cloned().collect();
            for name in held.iter().flat_map(|name| strings(needs.get(name))) {
                if !out.contains_key(name) {
                    let value = self.at(properties.get(name).unwrap_or(&any), depth + 1)?;
                    out.insert(name.to_owned(), value);
                }
            }
        }
        Some(out.into())
    }

    /// Properties that have no name in the schema.
    fn more(
        &mut self,
        schema: &Map<String, Value>,
        additional: Option<&Value>,
        depth: usize,
        out: &mut Map<String, Value>,
    ) -> Option<()> {
        let least = schema
            .get("minProperties")
            .and_then(Value::as_u64)
            .unwrap_or(0) as usize;
        let few = self.amount == Amount::Least || depth > DEEP;
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        for (pattern, schema) in patterns.into_iter().flatten().filter(|_| !few) {
            if let (Some(name), Some(value)) =
                (self.chance.matching(pattern), self.at(schema, depth + 1))
            {
                out.entry(name).or_insert(value);
            }
        }
        let unknown = json!(true);
        let value = match additional {
            Some(Value::Bool(false)) => return Some(()),
            Some(schema) => schema,
            None if self.amount == Amount::More || out.len() < least => &unknown,
            None => return Some(()),
        };
        let wanted = if few { 0 } else { 1 + self.chance.below(2) };
        for index in 0..(wanted + least).saturating_sub(out.len().min(least)) {
            let name = match schema.get("propertyNames") {
                Some(names) => self.at(names, depth + 1)?.as_str()?.to_owned(),
                None => format!("{UNNAMED}{index}"),
            };
            match self.at(value, depth + 1) {
                Some(value) => drop(out.entry(name).or_insert(value)),
                None if out.len() < least => return None,
                None => {}
            }
        }
        Some(())
    }
}

fn is_whole(schema: &Map<String, Value>) -> bool {
    let format = schema.get("format").and_then(Value::as_str);
    matches!(format, Some("int32" | "int64"))
}

fn strings(list: Option<&Value>) -> Vec<&str> {
    let list = list.and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn is_of(value: &Value, types: &[&str]) -> bool {
    types.iter().any(|ty| match *ty {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        _ => value.is_object(),
    })
}

/// The type that keywords speak of where there is no `type`.
fn inferred(schema: &Map<String, Value>) -> &'static str {
    let has = |keys: &[&str]| keys.iter().any(|key| schema.contains_key(*key));
    if has(&[
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "minProperties",
    ]) {
        "object"
    } else if has(&["items", "prefixItems", "minItems", "maxItems"]) {
        "array"
    } else if has(&[
        "pattern",
        "minLength",
        "maxLength",
        "format",
        "contentEncoding",
    ]) {
        "string"
    } else if has(&["minimum", "maximum", "multipleOf"]) {
        "number"
    } else {
        "any"
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Amount, Chance, Maker};

    #[test]
    fn what_has_no_end_is_given_up() {
        let own = json!({ "$ref": "#" });
        let endless = json!({ "type": "object", "required": ["a", "b"], "properties": { "a": own, "b": own } });
        let mut maker = Maker::new(&endless, Chance::new("", 0), Amount::Least);
        assert_eq!(maker.make(&endless), None);
        assert!(maker.gave_up());
    }
}
