//! Written against the crate as it shipped first.

use pet_shop::types::{NewPet, Pet, PetEvent, PetId, PetKind, PetList, PetMood};
use pet_shop::{Client, Error};

/// Calls everything by its first name.
pub async fn visit(shop: &Client) -> Result<Option<PetMood>, Error> {
    let made: Pet = shop.pets().create_pet(NewPet::new(PetKind::Cat, "Tom")).await?;
    let id: PetId = made.id.clone();
    let again: Pet = shop.pets().get(&id).await?;
    let page = shop.pets().list_pets().kind(PetKind::Dog).limit(2).await?;
    println!("{:?}", page.items.first().map(|pet| &pet.name));
    for event in shop.pets().list_pet_events(&id).await? {
        if let PetEvent::Ate(ate) = event {
            println!("{}", ate.food);
        }
    }
    Ok(again.mood.filter(|mood| *mood != PetMood::Wild))
}

/// A page, as it came.
pub fn count(list: &PetList) -> usize {
    list.data.len()
}
