"""The words that stories and conversations are filled with."""

GIRLS = "Anna Bella Clara Daisy Ella Emma Fay Grace Ivy Julia Kate Lily Lucy Mia Molly Nora Rosa Ruby Sue Zoe".split()
BOYS = "Adam Ben Dan Eddie Finn Gus Hugo Jack Jim Leo Max Ned Oscar Paul Pip Rob Sam Theo Tim Tom".split()

ANIMALS = (
    "fox cat dog rabbit mouse bear owl frog duck hen pig cow horse goat sheep lion tiger elephant monkey turtle "
    "squirrel hedgehog deer wolf bird crow goose donkey bee snail panda kitten puppy dragon robot"
).split()
# Who is a girl or a boy by the word alone; all others are either.
PEOPLE = {"girl": "she", "boy": "he", "princess": "she", "prince": "he", "queen": "she", "king": "he"}
PEOPLE |= {"knight": "", "farmer": "", "baker": "", "pirate": "", "wizard": ""}
PLURALS = {"fox": "foxes", "mouse": "mice", "wolf": "wolves", "goose": "geese", "sheep": "sheep", "deer": "deer"}
PLURALS |= {"puppy": "puppies", "princess": "princesses"}

LOOKS = "little small young big brave kind shy curious clever happy gentle funny quiet lazy friendly old".split()
YOUNG = ["girl", "boy", "kitten", "puppy"]  # who is not called old

# Each place with the word for being there.
PLACES = {
    "forest": "in",
    "garden": "in",
    "village": "in",
    "valley": "in",
    "park": "in",
    "castle": "in",
    "meadow": "in",
    "river": "by",
    "sea": "by",
    "lake": "by",
    "pond": "by",
    "old bridge": "by",
    "hill": "on",
    "farm": "on",
    "beach": "on",
    "island": "on",
}
COLOURS = "red blue green yellow white black brown pink golden".split()
THINGS = "ball kite hat drum key book bell boat doll lamp ring scarf cup bag coin shell box ribbon".split()
FRAGILE = "cup lamp bowl clock mirror plate".split()
FOODS = "apples berries nuts carrots cookies cherries pears plums".split()
GIFTS = ["cake", "pie", "necklace", "pillow", "crown of flowers", "paper bird", "warm blanket", "song"]
HOBBIES = [
    "sing",
    "dance",
    "read books",
    "climb trees",
    "run fast",
    "look at the clouds",
    "pick flowers",
    "swim",
    "paint pictures",
    "play in the rain",
    "tell jokes",
    "look for shells",
]
SKILLS = ["swim", "dance", "whistle", "climb trees", "ride a bike", "play the drum", "read", "skate"]
BUILDINGS = ["house", "boat", "tower", "bridge", "swing", "snowman", "tent", "cart"]
FEARS = ["the dark", "the thunder", "deep water", "high places", "the wind", "big shadows"]

# What the conversations know.
COLOUR_OF = {
    "the sky": "blue",
    "grass": "green",
    "the sun": "yellow",
    "snow": "white",
    "a carrot": "orange",
    "a tomato": "red",
    "a banana": "yellow",
    "the night": "black",
    "a leaf": "green",
    "a strawberry": "red",
    "the sea": "blue",
    "a lemon": "yellow",
    "milk": "white",
    "a frog": "green",
    "a crow": "black",
    "a fox": "red",
    "an elephant": "grey",
    "a pig": "pink",
}
SOUND_OF = {"cow": "moo", "dog": "woof", "cat": "meow", "sheep": "baa", "duck": "quack", "pig": "oink", "owl": "hoot"}
SOUND_OF |= {"lion": "roar", "mouse": "squeak", "frog": "ribbit", "bee": "buzz", "horse": "neigh", "crow": "caw"}
HOME_OF = {"fish": "in the water", "birds": "in nests", "bees": "in a hive", "bears": "in the forest"}
HOME_OF |= {"foxes": "in a den", "cows": "on a farm", "frogs": "by the pond", "lions": "in warm lands"}
CAPITALS = {"France": "Paris", "Germany": "Berlin", "Italy": "Rome", "Spain": "Madrid", "England": "London"}
CAPITALS |= {"Japan": "Tokyo", "China": "Beijing", "Austria": "Vienna", "Greece": "Athens", "Egypt": "Cairo"}
OPPOSITES = {
    "hot": "cold",
    "big": "small",
    "day": "night",
    "happy": "sad",
    "fast": "slow",
    "up": "down",
    "old": "young",
}
OPPOSITES |= {"wet": "dry", "open": "closed", "black": "white", "long": "short", "good": "bad", "left": "right"}
OPPOSITES |= {answer: word for word, answer in OPPOSITES.items()}
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
LEGS = {"cat": "four", "dog": "four", "spider": "eight", "bird": "two", "bee": "six", "horse": "four", "duck": "two"}
NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split()
