"""What happens in the stories: [one|or another] is drawn, then {slots} are filled in.

{name} is the hero, {a_hero} "a little fox", {he} {him} {his} follow; {friend}, {a_friend}, {fhe} {fhim} {fhis} are of
the friend. {at_home} is "in the forest", {the_place} "the river", {at_place} "by the river".
"""

MEETING = (
    "[[Then|On the way] {he} met {a_friend} [named|called] {friend}."
    "|[Just then|Soon], {a_friend} [named|called] {friend} came by.|{friend}, {a_friend}, saw {him}.]"
)
DAY = "[One day|One morning|One sunny day|One cold morning|One evening|Then one day]"
TRYING = "[tried|tried and tried|tried all day|tried again and again]"
THANKS = (
    '"[Thank you|Thank you so much|Oh, thank you], {friend}!" [said|cried] {name}[ with a [big|happy] smile|'
    " and gave {fhim} a hug|].[ "
    '"[That is what friends are for|You are welcome|It was fun]," said {friend}.|]'
)
PLOTS = {  # what each is about, as a request may name it, and its sentences
    "a lost {noun}": [
        f"{DAY}, {{name}} could not find {{his}} {{thing}}.",
        "[It was {his} favourite {noun}, and {he} was very sad.|{He} [looked|was] very sad, because {he} loved it.]",
        "{He} looked [under the bed|behind the door|in the kitchen|under the table] and [outside|in the grass|on the "
        "roof|by the gate], but the {noun} was not there.",
        MEETING,
        '"[Why are you sad|What is wrong]?" asked {friend}. "I have lost my {thing}," said {name}.',
        '"[Do not worry|Do not cry]," said {friend}. "[I will help you|We will find it together]."',
        "They went to {the_place} and looked [everywhere|behind every stone|under every leaf].",
        "[At last|Suddenly|After a while], {friend} saw something {colour} [in the grass|under a tree|behind a rock]. "
        "It was the {noun}!",
        THANKS,
    ],
    "being brave": [
        "But {name} was afraid of {fear}.",
        f"{DAY}, [{{he}} wanted to go to {{the_place}}|{{his}} mother sent {{him}} to {{the_place}}], but {{he}} was "
        "too [scared|afraid] to go.",
        MEETING,
        '"[Why are you shaking|What is wrong]?" asked {friend}. "I am afraid of {fear}," said {name} [softly|quietly].',
        '"[I was afraid too, once|Everyone is afraid sometimes]," said {friend}. "[Take my hand|Come with me|Let us go '
        'together]."',
        "So they went [slowly|step by step], and {friend} [sang a little song|held {his} hand|told a funny story].",
        "[Soon|After a while], {name} [was not afraid anymore|felt brave|began to smile].",
        '"[Look, I did it|I am not afraid anymore]!" [shouted|cried] {name}. "I knew [it|you could do it]," '
        "said {friend}.",
    ],
    "sharing": [
        f"{DAY}, {{name}} [found|got] a basket of {{food}} {{at_place}}.",
        '"These are all mine," {he} [said|thought][ and hid them under a tree|].',
        MEETING,
        '"I am so hungry," said {friend}. "May I have some of your {food}?"',
        '"No," said {name}. "They are mine." {friend} went away and was very sad.',
        "{name} ate and ate, but [the {food} did not taste good|{he} did not feel happy]. It is no fun to eat alone.",
        'So {he} ran after {friend}. "[I am sorry|Please come back]. [Let us share|We can share] the {food}," said '
        "{name}.",
        "They sat down {at_place} and ate together, and [now|this time] the {food} tasted [very good|wonderful].",
        "{name} learned that it is good to share.",
    ],
    "a friend in trouble": [
        f"{DAY}, {{name}} [went for a walk|was walking] {{at_place}}.",
        '[Suddenly|All at once] {he} heard a voice. "[Help|Help me|Please help me]!" [cried|called] the voice.',
        "It was {friend}, {a_friend}, who was stuck [in a hole|in the mud|in a tree|under a big branch].",
        '"[Do not worry|Wait], I will help you!" said {name}.',
        "{He} pulled and pulled, but {he} was [too small|not strong enough].",
        f"{{He}} {TRYING}, but it did not work.",
        "Then {name} had an idea. {He} [found a long rope|found a long stick|ran home to get a rope] and gave one end "
        "to {friend}.",
        '"[One, two, three|Hold on]!" {he} called, and pulled as hard as {he} could. [Pop!|At last] {friend} was free.',
        '"[You saved me|Thank you, {name}|You are so clever]!" said {friend}.',
    ],
    "a new {building}": [
        f"{DAY}, {{name}} wanted to build a {{building}} {{at_place}}.",
        "{He} [took|found] some [wood|stones|sticks] and worked all morning.",
        "But [then the wind came|it was not strong], and the {building} fell down. {name} [began to cry|was very sad].",
        MEETING,
        '"[What happened|What is wrong]?" asked {friend}. "My {building} fell down," said {name}.',
        '"[Let us build it again|We can build it together]," said {friend}. "Two are [stronger|better] than one."',
        "{friend} held the [wood|parts], and {name} [tied them with a rope|put them together].",
        "When the sun went down, the {building} was [ready|done]. It was the best {building} {at_home}.",
        THANKS,
    ],
    "learning to {skill}": [
        "There was one thing {name} could not do: {he} could not {skill}.",
        f"{DAY}, {{he}} went to {{the_place}} to learn it. {{He}} {TRYING}, but {{he}} [fell down|could not do it].",
        '"I will never learn it," {he} said [sadly|and sat down on a stone].',
        MEETING,
        '"I can show you how to {skill}," said {friend}. "[It is not hard|Try again, but slowly|First take a deep '
        'breath]."',
        "[They worked all day|{friend} showed {him} how]. [Little by little|Step by step], {name} got better.",
        'At last {he} could do it! "[Look at me|I can do it], {friend}!" [shouted|cried] {name}.',
        "{name} learned that [you must never give up|it takes time to learn something new].",
    ],
    "a {noun} on the path": [
        f"{DAY}, {{name}} found a {{thing}} {{at_place}}.",
        '"[What a beautiful {noun}|How pretty it is]!" {he} [said|thought]. "[Who lost it|Whose is it]?"',
        "{He} [wanted to keep it|put it in {his} bag]. [But|Then] {he} saw {a_fkind} who was crying.",
        '"[Why are you crying|What is wrong]?" asked {name}. "I lost my {thing}," said the {fkind}.',
        "{name} thought for a moment. Then {he} [smiled and|] gave the {noun} to the {fkind}.",
        '"Here it is," said {name}. "I found it {at_place}." The {fkind} [jumped up and down|laughed] with joy.',
        '"You are very [kind|good]," said the {fkind}. "I am {friend}. Will you be my friend?" "[Yes|Of course]!" said '
        "{name}.",
    ],
    "a storm": [
        f"{DAY}, [dark clouds came|the sky became dark] and it began to rain. [The wind blew|There was thunder].",
        "{name} [ran home|closed the door] and made [a fire|some tea|some soup].",
        "[Then there was|Suddenly {he} heard] a knock at the door. It was {friend}, {a_friend}, and {fhe} was all wet.",
        '"[May I come in|Can I stay here]?" asked {friend}. "I am so cold." "[Of course|Come in]," said {name}.',
        "{He} gave {fhim} [a blanket|a warm coat] and some [soup|{food}]. They sat by the fire and told stories.",
        "[In the morning|After a while] the rain stopped, and [the sun came out|there was a rainbow in the sky].",
        '"[Thank you for your help|You are a true friend]," said {friend}.',
    ],
    "a birthday": [
        "{name} had a good friend, {a_friend} [named|called] {friend}. [Soon|The next day] it was {friend}'s birthday.",
        '"What can I give {fhim}?" thought {name}. "I have no money."',
        "{He} [thought and thought|walked to {the_place} and back]. Then {he} had an idea: {he} would make a {gift}.",
        "{name} worked all [night|day], and when it was ready, it was [wonderful|beautiful].",
        '"Happy birthday, {friend}!" said {name}. {friend} [opened {fhis} eyes wide|could not believe it].',
        '"[A {gift}! For me?|You made a {gift} for me?]" said {friend}. "It is the best gift of all."',
    ],
    "the truth": [
        f"{DAY}, {{name}} played with a ball in the house. Crash! {{His}} [mother's|grandmother's] {{fragile}} broke.",
        "{name} was [afraid|scared]. {He} hid the {fragile} under the bed.",
        '[At night {he} could not sleep|{He} did not want to eat]. {friend}, {a_friend}, asked: "What is wrong?"',
        '"I broke the {fragile}," said {name}. "[You must tell the truth|Tell her the truth]," said {friend}. "[You '
        'will feel better|I will come with you]."',
        'So {name} went to her and said: "[I am so sorry|I am sorry]. I broke your {fragile}."',
        'She [smiled|was not angry]. "Thank you for telling me the truth," she said[ and gave {him} a hug|].',
        "{name} learned that it is [good|best] to tell the truth.",
    ],
    "a race": [
        f'{DAY}, {{friend}}, {{a_friend}}, [came by|met {{him}} {{at_place}}]. "[I am the fastest|Nobody is faster]," '
        'said {friend}. "Let us race to {the_place}!"',
        "{name} was [not very fast|slow], but {he} [smiled and|] said yes. One, two, three, go!",
        "{friend} ran [far ahead|as fast as the wind]. Then {fhe} fell over a stone and hurt {fhis} leg.",
        "{name} [could win the race now|was ahead now]. But {he} stopped and [helped {fhim} up|took {fhis} hand].",
        '"Why did you [stop|help me]?" asked {friend}. "[Because you are my friend|A friend is better than a race]," '
        "said {name}.",
        "They walked to {the_place} together, and both of them won.",
    ],
    "the moon": [
        "[One night|One warm night], {name} could not sleep. {He} [looked out of the window|went outside] and saw the "
        "[big|bright] moon.",
        '"[I want to touch the moon|How beautiful the moon is]," {he} [said|thought]. So {he} went to {the_place} to '
        "get closer.",
        MEETING,
        '"[What are you doing here so late|Why are you not asleep]?" asked {friend}. "I want to touch the moon," said '
        "{name}.",
        '"[The moon is far away|Nobody can touch the moon]," said {friend}. "But come with me to the water."',
        "There was the moon, shining in the water. {name} put {his} hand in the water and [laughed|smiled].",
        '"[I touched the moon|Now I can sleep]!" said {name}. {friend} [smiled|laughed] and walked home with {him}.',
    ],
}
