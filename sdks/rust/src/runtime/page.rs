//! Pages, and the items of all pages.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use serde::Deserialize;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;

use super::answer::{Kind, undecodable};
use super::core::Reply;
use super::union::Key;
use super::{Answer, Call, Core, Error, Metadata, Pagination, Request, Response};

/// The answer is a page of `T`: awaited it is one [`Page`], by `items()` the items of all pages.
#[derive(Debug)]
pub struct Paged<T>(PhantomData<fn() -> T>);

impl<T> Kind for Paged<T> {
    type State = ();
}

/// One page.
#[non_exhaustive]
pub struct Page<T> {
    /// The items of this page, in the server's order.
    pub items: Vec<T>,
    next: Option<String>,
    /// What asks for the page after this one, or why it can't be asked for.
    following: Option<Result<(Core, Request), Error>>,
    metadata: Metadata,
    body: Bytes,
}

impl<T> Page<T> {
    /// What the request for the next page carries; `None` on the last page. It can be kept, and
    /// given to the same operation later.
    #[must_use]
    pub fn next_cursor(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// Status, headers, receipt, rate limit.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The whole body as another type, for what stands beside the items.
    ///
    /// # Errors
    /// The error of the decoder.
    pub fn envelope<E: DeserializeOwned>(&self) -> Result<E, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }
}

impl<T: DeserializeOwned + Send + 'static> Page<T> {
    /// The page after this one; `None` after the last.
    ///
    /// # Errors
    /// As the call that gave this page.
    pub async fn next_page(self) -> Result<Option<Self>, Error> {
        match self.following {
            Some(place) => {
                let (core, request) = place?;
                fetch(core, request).await.map(Some)
            }
            None => Ok(None),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Page<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("items", &self.items)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

impl<T: DeserializeOwned + Send + 'static> Answer for Paged<T> {
    type Output = Page<T>;

    fn receive(
        core: Core,
        request: Request,
    ) -> BoxFuture<'static, Result<Response<Page<T>>, Error>> {
        Box::pin(async move {
            let data: Page<T> = fetch(core, request).await?;
            let metadata = data.metadata.clone();
            Ok(Response { data, metadata })
        })
    }
}

impl<T: DeserializeOwned + Send + 'static, P> Call<Paged<T>, P> {
    /// The items of this page and of all that follow it; each page is asked for when it is needed.
    pub fn items(self) -> Items<T> {
        let pages = self.pages().0;
        let items = pages.map_ok(|page| stream::iter(page.items).map(Ok));
        Items(items.try_flatten().boxed())
    }

    /// This page and all that follow it, each with what came beside its items, and asked for when
    /// it is needed.
    pub fn pages(self) -> Pages<T> {
        let (core, request) = (self.core, self.request);
        let pages = stream::try_unfold(Some(Ok((core, request))), async |place| {
            let Some(place) = place else {
                return Ok(None);
            };
            let (core, request) = place?;
            let mut page: Page<T> = fetch(core, request).await?;
            let following = page.following.take();
            Ok(Some((page, following)))
        });
        Pages(pages.boxed())
    }
}

/// All pages; also a [`Stream`].
#[must_use = "no page is asked for until the pages are read"]
pub struct Pages<T>(BoxStream<'static, Result<Page<T>, Error>>);

impl<T> Pages<T> {
    /// The next page; `None` after the last. [`Page::next_page`] of one gives nothing: what
    /// follows comes from here.
    ///
    /// # Errors
    /// As the call for a page; there is no page after an error.
    pub async fn try_next(&mut self) -> Result<Option<Page<T>>, Error> {
        self.0.try_next().await
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pages(..)")
    }
}

impl<T> Stream for Pages<T> {
    type Item = Result<Page<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(cx)
    }
}

/// The items of all pages; also a [`Stream`].
#[must_use = "no page is asked for until the items are read"]
pub struct Items<T>(BoxStream<'static, Result<T, Error>>);

impl<T> Items<T> {
    /// The next item; `None` after the last item of the last page.
    ///
    /// # Errors
    /// As the call for a page; there is no item after an error.
    pub async fn try_next(&mut self) -> Result<Option<T>, Error> {
        self.0.try_next().await
    }

    /// All items.
    ///
    /// # Errors
    /// As the call for a page; the items before it are lost.
    pub async fn try_collect<C: Default + Extend<T>>(self) -> Result<C, Error> {
        self.0.try_collect().await
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Items(..)")
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(cx)
    }
}

async fn fetch<T: DeserializeOwned>(core: Core, request: Request) -> Result<Page<T>, Error> {
    let Some(pagination) = request.operation.pagination else {
        return Err(Error::config("the operation is not read by pages"));
    };
    let again = request.try_clone();
    let Reply { metadata, body } = core.read(request).await?;
    let (items, next) = match split(pagination, &body) {
        Ok(parts) => parts,
        Err(error) => return Err(undecodable(error, metadata, body)),
    };
    let following = match (&next, again) {
        (Some(next), Some(mut request)) => {
            let before = request.query.clone();
            request.set_query(pagination.request, next);
            // A key stands for one call, and the next page is another.
            request.idempotency_key = None;
            // This page is whole; who asks for the next one learns that there is none.
            Some(if request.query == before {
                Err(Error::broken_stream(
                    "the server gave one page as its own successor",
                ))
            } else {
                Ok((core, request))
            })
        }
        _ => None,
    };
    Ok(Page {
        items,
        next,
        following,
        metadata,
        body,
    })
}

/// The items and what asks for the next page, read where the pagination says they stand, in one
/// pass over the body.
fn split<T: DeserializeOwned>(
    pagination: &Pagination,
    body: &[u8],
) -> Result<(Vec<T>, Option<String>), serde_json::Error> {
    let mut found = Found {
        items: None,
        next: None,
    };
    let place = Place {
        items: Some(pagination.items),
        next: Some(pagination.next),
        found: &mut found,
    };
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    place.deserialize(&mut deserializer)?;
    deserializer.end()?;
    let next = match found.next {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text).filter(|text| !text.is_empty()),
        Some(other) => Some(other.to_string()),
    };
    let missing = || serde::de::Error::custom(format_args!("no list at {}", pagination.items));
    Ok((found.items.ok_or_else(missing)?, next))
}

struct Found<T> {
    items: Option<Vec<T>>,
    next: Option<Value>,
}

/// A value of the body, and what is left of the JSON Pointers that lead through it.
struct Place<'a, T> {
    items: Option<&'a str>,
    next: Option<&'a str>,
    found: &'a mut Found<T>,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Place<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match (self.items, self.next) {
            (Some(""), _) => self.found.items = Option::deserialize(deserializer)?,
            (_, Some("")) => self.found.next = Some(Value::deserialize(deserializer)?),
            (None, None) => drop(IgnoredAny::deserialize(deserializer)?),
            _ => deserializer.deserialize_any(self)?,
        }
        Ok(())
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Place<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            map.next_value_seed(Place {
                items: self.items.and_then(|pointer| below(pointer, &key)),
                next: self.next.and_then(|pointer| below(pointer, &key)),
                found: &mut *self.found,
            })?;
        }
        Ok(())
    }

    // What is no object has nothing below it.
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// What is left of a pointer behind a property, where it leads through that.
fn below<'a>(pointer: &'a str, key: &str) -> Option<&'a str> {
    let pointer = pointer.strip_prefix('/')?;
    let end = pointer.find('/').unwrap_or(pointer.len());
    let (token, rest) = pointer.split_at(end);
    let known = if token.contains('~') {
        token.replace("~1", "/").replace("~0", "~") == key
    } else {
        token == key
    };
    known.then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::{Pagination, split};

    fn read(body: &str) -> Result<(Vec<i64>, Option<String>), serde_json::Error> {
        let pagination = Pagination {
            request: "cursor",
            items: "/data",
            next: "/meta/next~1page",
        };
        split(&pagination, body.as_bytes())
    }

    #[test]
    fn items_and_cursor_are_read_where_the_pagination_says() {
        let page = read(r#" {"data": [1, 2], "meta": {"next/page": "abc"}, "more": {}}"#);
        assert_eq!(page.unwrap(), (vec![1, 2], Some("abc".to_owned())));
    }

    #[test]
    fn null_empty_and_absent_cursors_are_the_last_page() {
        for meta in [
            r#""meta": {"next/page": null}"#,
            r#""meta": {"next/page": ""}"#,
            r#""meta": null"#,
        ] {
            assert_eq!(read(&format!("{{\"data\": [], {meta}}}")).unwrap().1, None);
        }
        assert_eq!(read(r#"{"data": [1]}"#).unwrap().1, None);
    }

    #[test]
    fn a_page_without_its_list_is_an_error_and_not_an_empty_page() {
        assert!(read(r#"{"items": [1]}"#).is_err());
        assert!(read("[]").is_err());
    }
}
