"""Written against the package as it shipped first."""

from pet_shop import AsyncPetShop, PetShop
from pet_shop.types import Ate, NewPet, Pet, PetEvent, PetId, PetKind, PetList, PetMood


def visit(shop: PetShop, kind: PetKind) -> PetMood | None:
    made: Pet = shop.pets.create_pet(kind=kind, name="Tom")
    pet_id: PetId = made.id
    again: Pet = shop.pets.get(pet_id)
    names = [pet.name for pet in shop.pets.list_pets(kind=kind)]
    events: list[PetEvent] = shop.pets.list_pet_events(pet_id)
    foods = [event.food for event in events if isinstance(event, Ate)]
    print(names, foods)
    return again.mood


async def visit_async(shop: AsyncPetShop, kind: PetKind) -> Pet:
    made = await shop.pets.create_pet(kind=kind, name="Tom")
    return await shop.pets.get(made.id)


wanted = NewPet(kind="cat", name="Tom")
page = PetList(data=[Pet(id="a", kind="cat", name="Tom")], next_cursor=None)
