// Written against the package as it shipped first.
package main

import (
	"context"

	"example.com/pet-shop"
)

func visit(ctx context.Context, shop *petshop.Client) (*petshop.Pet, error) {
	params := petshop.PetCreatePetParams{Kind: petshop.PetKindCat, Name: "Tom"}
	made, err := shop.Pets.CreatePet(ctx, params)
	if err != nil {
		return nil, err
	}
	kind := petshop.PetKindDog
	for pet, err := range shop.Pets.ListPets(ctx, petshop.PetListPetsParams{Kind: &kind}) {
		if err != nil || pet.Mood != nil && *pet.Mood == petshop.PetMoodWild {
			return pet, err
		}
	}
	page, err := shop.Pets.ListPetsPage(ctx, petshop.PetListPetsParams{})
	if err != nil {
		return nil, err
	}
	for pet, err := range page.Items(ctx) {
		return pet, err
	}
	events, err := shop.Pets.ListPetEvents(ctx, made.ID)
	for _, event := range events {
		var seen petshop.PetEvent = event
		switch event := seen.(type) {
		case *petshop.Ate:
			println(event.Food)
		case *petshop.UnknownPetEvent:
			println("unknown")
		}
	}
	if err != nil {
		return nil, err
	}
	var pet *petshop.Pet
	pet, err = shop.Pets.Get(ctx, made.ID)
	return pet, err
}

func main() {
	shop := petshop.NewClient()
	if _, err := visit(context.Background(), shop); err != nil {
		println(err.Error())
	}
}
