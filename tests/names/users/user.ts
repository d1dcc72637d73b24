// Written against the package as it shipped first.
import PetShop, { type NewPet, type Pet, type PetEvent, type PetId, type PetKind, type PetList, type PetMood } from "./src/index.js";
import { createPet, getPet, listPetEvents, listPets } from "./src/functions.js";
import { FakePetShop } from "./src/testing.js";
import type { ListPetsParams } from "./src/index.js";

const shop = new PetShop({ apiKey: "key" });
const kind: PetKind = "cat";
const wanted: NewPet = { kind, name: "Tom" };
const params: ListPetsParams = { kind };

export async function visit(): Promise<PetMood | undefined> {
  const made: Pet = await shop.pets.createPet(wanted);
  const id: PetId = made.id;
  const again: Pet = await shop.pets.get(id);
  for await (const pet of shop.pets.listPets(params)) console.log(pet.name);
  const events: PetEvent[] = await shop.pets.listPetEvents(id);
  for (const event of events) if (event.type === "ate") console.log(event.food);
  return again.mood;
}

export const standalone: unknown = [createPet, getPet, listPetEvents, listPets];
export const fake: FakePetShop = new FakePetShop().answer("getPet", { id: "a", kind, name: "Tom" });
export type Page = PetList;
