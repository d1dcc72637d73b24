//! Bytes up and down, in memory or piece by piece.

use exai_sdk::runtime::Body;
use exai_sdk::types::CreateWorkspace;
use exai_sdk::{Client, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let exai = Client::from_env()?;
    let name = format!("files-{}", std::process::id());
    let workspace = exai
        .workspaces()
        .create(CreateWorkspace::new(name))
        .wait()
        .await?;
    let files = exai.workspaces().files();

    // In memory, it can be sent again by a retry; as a stream, it is sent once.
    files.upload(&workspace.id, "a.txt", "in memory").await?;
    let pieces = ["piece ", "by ", "piece"].map(|piece| Ok::<_, std::io::Error>(piece.as_bytes()));
    let body = Body::stream(futures_util::stream::iter(pieces), None);
    files.upload(&workspace.id, "b.txt", body).await?;

    let mut download = files.download(&workspace.id, "b.txt").await?;
    println!("{:?}", download.content_type());
    let mut text = Vec::new();
    while let Some(piece) = download.try_next().await? {
        text.extend_from_slice(&piece);
    }
    assert_eq!(text, b"piece by piece");

    let first = files.download(&workspace.id, "a.txt").range("bytes=0-1");
    assert_eq!(first.await?.bytes().await?, "in");
    exai.workspaces().delete(&workspace.id).await?;
    Ok(())
}
